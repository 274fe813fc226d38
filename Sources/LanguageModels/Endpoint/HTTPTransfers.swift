import Base
import CCurl
import Foundation

/// Requests that run beside each other on the thread that waits for them, by libcurl's multi handle.
///
/// Nothing is followed elsewhere, since a key must not go where the user did not send it.
final class HTTPTransfers {
    /// What is asked.
    struct Request {
        let url: String
        /// Sent by POST; nil asks by GET.
        var body: Data?
        /// "Name: value".
        var headers: [String] = []
        /// Seconds without a byte after which it is given up.
        var patience = 120
    }

    /// How a transfer ended.
    enum Ending {
        /// The server's status, and the seconds that it asks to wait before the next try, 0 for none.
        case answered(status: Int, wait: Double)
        /// There was no answer, or not all of it; libcurl's words.
        case broken(String)
    }

    private let multi: UnsafeMutableRawPointer
    private var running: [UnsafeMutableRawPointer: Transfer] = [:]

    init() {
        // Once for the program; it may be called from any thread.
        _ = Self.library
        guard let multi = curl_multi_init() else { fatalError("libcurl cannot be started") }
        self.multi = multi
    }

    deinit {
        for easy in Array(running.keys) { remove(easy) }
        curl_multi_cleanup(multi)
    }

    private static let library = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    /// How many run.
    var count: Int { running.count }

    /// Begins a request. `received` gets each part of its body as it comes and says whether to go on; `ended` is called
    /// last. Both are called from within ``wait(milliseconds:)``.
    func begin(
        _ request: Request, received: @escaping (Data) -> Bool, ended: @escaping (Ending) -> Void
    ) {
        guard let easy = curl_easy_init() else { fatalError("libcurl has no memory") }
        let transfer = Transfer(received: received, ended: ended)
        set(easy, request, transfer)
        running[easy] = transfer
        curl_multi_add_handle(multi, easy)
    }

    /// Ends all that run; nobody is told.
    func cancel() { for easy in Array(running.keys) { remove(easy) } }

    /// Lets the transfers go on, and waits a while for what comes.
    func wait(milliseconds: Int32) {
        var left: Int32 = 0
        curl_multi_perform(multi, &left)
        tellEnded()
        // With nothing under way this sleeps, which is what a pause between two tries needs.
        curl_multi_poll(multi, nil, 0, milliseconds, nil)
        curl_multi_perform(multi, &left)
        tellEnded()
    }

    private func tellEnded() {
        var easy: UnsafeMutableRawPointer?, result = CURLE_OK
        while bt_curl_ended(multi, &easy, &result) != 0, let ended = easy {
            let status = Int(bt_curl_status(ended)), wait = Double(bt_curl_retry_after(ended))
            let words = String(cString: curl_easy_strerror(result))
            let transfer = running[ended]
            remove(ended)
            transfer?.ended(result == CURLE_OK ? .answered(status: status, wait: wait) : .broken(words))
        }
    }

    private func remove(_ easy: UnsafeMutableRawPointer) {
        curl_multi_remove_handle(multi, easy)
        curl_easy_cleanup(easy)
        running[easy] = nil
    }

    private func set(_ easy: UnsafeMutableRawPointer, _ request: Request, _ transfer: Transfer) {
        bt_curl_set_text(easy, CURLOPT_URL, request.url)
        bt_curl_set_text(easy, CURLOPT_PROTOCOLS_STR, "http,https")
        bt_curl_set_text(easy, CURLOPT_USERAGENT, "benchtop")
        // A server on this machine is never behind a proxy.
        if EndpointAddress.isLocal(request.url) { bt_curl_set_text(easy, CURLOPT_PROXY, "") }
        // libcurl's own time-out of name look-ups would raise a signal.
        bt_curl_set_number(easy, CURLOPT_NOSIGNAL, 1)
        bt_curl_set_number(easy, CURLOPT_CONNECTTIMEOUT, 10)
        bt_curl_set_number(easy, CURLOPT_LOW_SPEED_LIMIT, 1)
        bt_curl_set_number(easy, CURLOPT_LOW_SPEED_TIME, request.patience)
        if let body = request.body {
            body.withUnsafeBytes { _ = bt_curl_set_body(easy, $0.baseAddress, $0.count) }
        }
        for header in request.headers { transfer.headers = curl_slist_append(transfer.headers, header) }
        bt_curl_set_headers(easy, transfer.headers)
        bt_curl_set_receiver(
            easy,
            { bytes, size, count, receiver in
                guard let bytes, let receiver else { return 0 }
                let transfer = Unmanaged<Transfer>.fromOpaque(receiver).takeUnretainedValue()
                let part = Data(bytes: bytes, count: size * count)
                return transfer.received(part) ? part.count : 0
            }, Unmanaged.passUnretained(transfer).toOpaque())
    }

    /// What belongs to one request while it runs.
    private final class Transfer {
        let received: (Data) -> Bool
        let ended: (Ending) -> Void
        var headers: UnsafeMutablePointer<curl_slist>?

        init(received: @escaping (Data) -> Bool, ended: @escaping (Ending) -> Void) {
            (self.received, self.ended) = (received, ended)
        }

        deinit { curl_slist_free_all(headers) }
    }
}
