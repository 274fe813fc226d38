import Dispatch

/// The steady clock that everything in the program measures durations with; it never jumps, unlike the date.
public enum Uptime {
    /// Nanoseconds since some moment before the program began.
    public static var nanoseconds: UInt64 { DispatchTime.now().uptimeNanoseconds }

    /// The same in seconds.
    public static var seconds: Double { Double(nanoseconds) * 1e-9 }
}
