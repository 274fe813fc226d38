import Base
import Foundation
import Glibc

/// A server on the loopback address that says what the test tells it to.
final class LoopbackServer: Sendable {
    /// What was asked.
    struct Question: Sendable {
        let head, body: String
        /// The path behind the method.
        var route: String { head.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
        /// The body's fields.
        var fields: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
        }
    }

    /// What is said to a question.
    enum Reply: Sendable {
        /// All of an answer.
        case whole(status: Int = 200, String, headers: [String] = [])
        /// Events, one after the other; the connection breaks off behind the last when `isCut`.
        case events([String], isCut: Bool = false)
        /// Nothing, until the other side gives up.
        case silence
    }

    let port: UInt16
    let questions = Locked<[Question]>([])
    private let listener: Int32

    var url: URL { URL(string: "http://127.0.0.1:\(port)/v1")! }

    /// A server that answers each question by `reply`, called with the question and how many came before it.
    init(_ reply: @escaping @Sendable (Question, Int) -> Reply) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                precondition(bind(listener, $0, length) == 0 && listen(listener, 64) == 0)
                getsockname(listener, $0, &length)
            }
        }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [questions] in
            while case let connection = accept(listener, nil, nil), connection >= 0 {
                Thread.detachNewThread { Self.serve(connection, questions, reply) }
            }
        }
    }

    /// Nobody answers any more.
    func close() { shutdown(listener, Int32(SHUT_RDWR)) }

    deinit {
        close()
        Glibc.close(listener)
    }

    private static func serve(
        _ connection: Int32, _ questions: Locked<[Question]>, _ reply: (Question, Int) -> Reply
    ) {
        defer { Glibc.close(connection) }
        guard let question = read(connection) else { return }
        let before = questions.withLock { all in
            all.append(question)
            return all.count - 1
        }
        switch reply(question, before) {
        case .whole(let status, let text, let headers):
            let head =
                ["HTTP/1.1 \(status) X", "Content-Length: \(text.utf8.count)", "Connection: close"] + headers
            write(connection, head.joined(separator: "\r\n") + "\r\n\r\n" + text)
        case .events(let events, let isCut):
            write(
                connection,
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            for event in events {
                let line = "data: \(event)\n\n"
                write(connection, "\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n")
            }
            if !isCut { write(connection, "0\r\n\r\n") }
        case .silence:
            var byte: UInt8 = 0
            _ = recv(connection, &byte, 1, 0)
        }
    }

    private static func write(_ connection: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private static func read(_ connection: Int32) -> Question? {
        var bytes: [UInt8] = [], buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let text = String(decoding: bytes, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = String(text[..<end.lowerBound]), body = String(text[end.upperBound...])
                let length = head.lowercased().split(separator: "\r\n")
                    .first { $0.hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
                if body.utf8.count >= length ?? 0 { return Question(head: head, body: body) }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
        }
    }
}
