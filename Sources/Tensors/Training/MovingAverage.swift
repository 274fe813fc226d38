/// One step of an exponential moving average: decay t + (1 - decay) s.
@inlinable
public func movedAverage<Real: BinaryFloatingPoint>(_ t: Real, towards s: Real, decay: Real) -> Real {
    decay * t + (1 - decay) * s
}

/// Moves the teacher's tensors towards the student's, each by ``movedAverage(_:towards:decay:)``.
public func followAverage<Model: Module>(_ teacher: Model, of student: Model, decay: Double) {
    let (teachers, students) = (teacher.tensors, student.tensors)
    demand(teachers.count == students.count, "\(teachers.count) tensors cannot follow \(students.count)")
    let decay = Float(decay)
    for (t, s) in zip(teachers, students) {
        for i in 0..<t.count {
            t.pointer[i] = movedAverage(t.pointer[i], towards: s.pointer[i], decay: decay)
        }
    }
}
