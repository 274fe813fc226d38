import Foundation

/// A recording that plays: a position in it, and the session as it was there.
public struct Replay: Sendable {
    /// Where it comes from.
    public let recording: Recording
    /// Places to jump to.
    public let chapters: [Recording.Chapter]
    /// What a seek bar shows, whole: see ``Recording/overview``.
    public let overview: Curve
    /// The session at the position.
    public var view: SessionView
    /// Seconds since the trials began.
    public private(set) var position = 0.0
    /// Times as fast as it was recorded.
    public private(set) var speed = 1.0
    /// Whether it plays.
    public private(set) var isPlaying = false
    /// Whether it has been played or moved since it was opened: only then is there a bar to seek in.
    public private(set) var isInUse = false
    /// Whether stretches in which nothing happens are passed over.
    public private(set) var skipsIdle = true
    /// The update that comes next, and by trial and metric the bucket that does.
    private var next = 0, nextBuckets: [[Int]]
    /// When something is said next; nil at the end.
    private var coming: Double?
    /// The speeds that there are.
    public static let speeds = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]
    /// Seconds without anything that are shown before the rest is passed over.
    private static let mostIdle = 0.5

    /// A replay at the beginning, or at the end.
    public init(_ recording: Recording, atEnd: Bool = false) {
        self.recording = recording
        chapters = recording.chapters
        overview = recording.overview
        view = recording.start
        nextBuckets = recording.curves.map { $0.map { _ in 0 } }
        coming = nextTime
        if atEnd { seek(to: recording.duration) }
        isInUse = false
    }

    /// Whether nothing follows.
    public var isAtEnd: Bool { coming == nil }
    /// The position as a share of the whole.
    public var share: Double { recording.duration > 0 ? min(1, position / recording.duration) : 1 }

    /// Plays or stops; at the end, plays from the beginning.
    public mutating func toggle() {
        if isAtEnd { seek(to: 0) }
        isInUse = true
        isPlaying.toggle()
    }

    /// Lets it stand where it is.
    public mutating func pause() { isPlaying = false }

    /// Takes the next slower or faster speed.
    public mutating func changeSpeed(by places: Int) {
        let place = Self.speeds.firstIndex { $0 >= speed } ?? 3
        speed = Self.speeds[max(0, min(Self.speeds.count - 1, place + places))]
    }

    /// Plays at a given speed, 0.1 to 64.
    public mutating func setSpeed(_ speed: Double) { self.speed = max(0.1, min(64, speed)) }

    /// The speed at which the whole takes about so many seconds.
    public mutating func fit(seconds: Double) {
        speed =
            Self.speeds.min {
                abs(recording.duration / $0 - seconds) < abs(recording.duration / $1 - seconds)
            } ?? 1
    }

    /// Passes over idle stretches, or no longer.
    public mutating func toggleIdle() { skipsIdle.toggle() }

    /// Lets so many seconds of the viewer's time pass.
    public mutating func advance(by seconds: Double) {
        guard isPlaying else { return }
        position += seconds * speed
        if skipsIdle, let coming, coming - position > Self.mostIdle * speed {
            position = coming - Self.mostIdle * speed
        }
        play()
        if isAtEnd { isPlaying = false }
    }

    /// Goes to a position, forwards or backwards.
    public mutating func seek(to time: Double) {
        let time = max(0, min(recording.duration, time))
        isInUse = true
        if time < position {
            view.rewind()
            next = 0
            nextBuckets = recording.curves.map { $0.map { _ in 0 } }
        }
        position = time
        play()
    }

    /// Goes to the next or the previous moment at which a trial said something.
    public mutating func step(forwards: Bool) {
        isPlaying = false
        guard forwards else { return seek(to: timeBefore ?? 0) }
        if let coming { seek(to: coming) }
    }

    /// Goes to the next or the previous chapter.
    public mutating func chapter(forwards: Bool) {
        let times = chapters.map(\.time)
        let target =
            forwards ? times.first { $0 > position + 1e-9 } : times.last { $0 < position - 1e-9 }
        seek(to: target ?? (forwards ? recording.duration : 0))
    }

    private mutating func play() {
        // A damaged record may say more after its trial's end: at the end everything has been said.
        let time = position >= recording.duration ? .infinity : position
        while next < recording.updates.count, recording.updates[next].time <= time {
            let item = recording.updates[next]
            sayPoints(of: item.trial, through: item.time, included: item.followsPoints)
            view.take(item.update, trial: item.trial)
            next += 1
        }
        for trial in recording.curves.indices { sayPoints(of: trial, through: time, included: true) }
        coming = nextTime
    }

    /// Says the points of a trial up to a time: a run a metric, which is one copy however long it is.
    private mutating func sayPoints(of trial: Int, through time: Double, included: Bool) {
        for (metric, curve) in recording.curves[trial].enumerated() {
            let first = nextBuckets[trial][metric], times = curve.times
            guard first < times.count, included ? times[first] <= time : times[first] < time else { continue }
            let end = times.firstPlace(from: first) { included ? $0 > time : $0 >= time }
            view.take(.points(metric: metric, curve.buckets[first..<end]), trial: trial)
            nextBuckets[trial][metric] = end
        }
    }

    /// When something is said next.
    private var nextTime: Double? {
        var times: [Double] = next < recording.updates.count ? [recording.updates[next].time] : []
        for (curves, places) in zip(recording.curves, nextBuckets) {
            for (curve, place) in zip(curves, places) where place < curve.times.count {
                times.append(curve.times[place])
            }
        }
        return times.min()
    }

    /// When something was said last before the position.
    private var timeBefore: Double? {
        let here = position
        var times = recording.updates[..<next].last { $0.time < here }.map { [$0.time] } ?? []
        for curve in recording.curves.joined() {
            let place = curve.times.firstPlace(from: 0) { $0 >= here }
            if place > 0 { times.append(curve.times[place - 1]) }
        }
        return times.max()
    }
}

extension [Double] {
    /// In ascending numbers, the first place of those from `start` on from which a condition holds; else the end.
    fileprivate func firstPlace(from start: Int, where holds: (Double) -> Bool) -> Int {
        var low = start, high = count
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
