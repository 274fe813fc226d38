import Foundation

/// Server-sent events, or one JSON document, as their bytes come.
struct EventStream {
    /// Bytes that an answer may have at most; a server that says more is cut off.
    static let largest = 64 << 20
    /// Bytes of the line that is not complete yet, or of the document.
    private var rest = Data()
    /// How many of these were searched for the end of the line.
    private var searched = 0
    private var size = 0
    /// Nil until the first byte that is no white space tells.
    private var isStream: Bool?
    /// Whether the stream said that it is over.
    private(set) var isOver = false

    /// Takes bytes.
    ///
    /// - Returns: what each event that has come to its end says, without `[DONE]`; nil when there are too many bytes.
    mutating func take(_ bytes: Data) -> [Data]? {
        size += bytes.count
        guard size <= Self.largest else { return nil }
        rest.append(bytes)
        if isStream == nil, let first = rest.first(where: { !" \r\n\t".utf8.contains($0) }) {
            isStream = first != UInt8(ascii: "{") && first != UInt8(ascii: "[")
        }
        guard isStream == true else { return [] }
        var events: [Data] = []
        // Each byte is looked at once, however many lines there are and however long they grow.
        var from = rest.startIndex, look = from + searched
        while let end = rest[look...].firstIndex(of: UInt8(ascii: "\n")) {
            if let said = Self.said(by: rest[from..<end]) {
                if said == Data("[DONE]".utf8) { isOver = true } else { events.append(said) }
            }
            from = end + 1
            look = from
        }
        if from > rest.startIndex { rest = Data(rest[from...]) }
        searched = rest.count
        return events
    }

    /// The bytes that are left at the end: the document, or the last line of a stream that ends without a break.
    func end() -> Data? {
        if isStream == true { return Self.said(by: rest).flatMap { $0 == Data("[DONE]".utf8) ? nil : $0 } }
        return rest.isEmpty ? nil : rest
    }

    /// What a line says: that behind `data:`. Comments, which keep a connection alive, and other fields say nothing.
    private static func said(by line: Data) -> Data? {
        let prefix = Data("data:".utf8)
        guard line.starts(with: prefix) else { return nil }
        let blanks = " \r\t".utf8
        let said = line.dropFirst(prefix.count).drop { blanks.contains($0) }
        let end = said.lastIndex { !blanks.contains($0) }
        return end.map { Data(said[said.startIndex...$0]) }
    }
}
