/// One step of an exponential moving average: decay t + (1 - decay) s.
@inlinable
public func movedAverage<Real: BinaryFloatingPoint>(_ t: Real, towards s: Real, decay: Real) -> Real {
    decay * t + (1 - decay) * s
}

/// Moves the teacher's parameters towards the student's, each by ``movedAverage(_:towards:decay:)``.
public func followAverage(_ teacher: [Tensor], of student: [Tensor], decay: Double) {
    demand(teacher.count == student.count, "\(teacher.count) parameters cannot follow \(student.count)")
    let decay = Float(decay)
    for (t, s) in zip(teacher, student) {
        for i in 0..<t.count {
            t.pointer[i] = movedAverage(t.pointer[i], towards: s.pointer[i], decay: decay)
        }
    }
}
