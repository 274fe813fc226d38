import Foundation

/// Comma-separated values as RFC 4180 has them.
public enum CSV {
    /// Rows as the bytes of a file; a field with a comma, a quote or a line break is quoted.
    public static func encode(_ rows: [[String]]) -> Data {
        Data(rows.map { $0.map(field).joined(separator: ",") + "\n" }.joined().utf8)
    }

    private static func field(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
