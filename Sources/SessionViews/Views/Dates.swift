import Foundation

/// Dates for people, in their own time zone.
public enum Dates {
    /// Year, month, day, hour and minute.
    public static func text(_ date: Date) -> String { format(date, "yyyy-MM-dd HH:mm") }

    /// Year, month and day.
    public static func day(_ date: Date) -> String { format(date, "yyyy-MM-dd") }

    private static func format(_ date: Date, _ pattern: String) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = pattern
        return formatter.string(from: date)
    }
}
