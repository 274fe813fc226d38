import CKernels
import Checkpoints

/// How a tensor was computed: its operands, and how its gradient reaches them.
final class Node {
    /// Takes the result and its gradient, and adds to the operands' gradients.
    typealias Backward = (_ y: Tensor, _ dy: Tensor.Pointer) -> Void

    let name: StaticString
    let operands: [Tensor]
    let backward: Backward

    init(_ name: StaticString, _ operands: [Tensor], _ backward: @escaping Backward) {
        self.name = name
        self.operands = operands
        self.backward = backward
    }
}

/// Runs `body` without noting how its tensors are computed, for evaluation and for targets.
public func withoutGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
    let flag = bt_gradient_off()!
    flag.pointee += 1
    defer { flag.pointee -= 1 }
    return try body()
}

extension Tensor {
    /// The result of an operation.
    ///
    /// - Parameters:
    ///   - name: of the operation, for error messages.
    ///   - shape: of the result.
    ///   - operands: what it was computed from.
    ///   - forward: writes the result's elements.
    ///   - backward: adds to the gradients of those operands that train.
    static func result(
        _ name: StaticString, _ shape: [Int], _ operands: [Tensor], forward: (Pointer) -> Void,
        backward: @escaping Node.Backward
    ) -> Tensor {
        let storage = Storage(shape.reduce(1, *))
        forward(storage.pointer)
        return noted(name, shape, storage, operands, backward)
    }

    /// The result of an operation whose elements lie in `storage` already.
    static func noted(
        _ name: StaticString, _ shape: [Int], _ storage: Storage, _ operands: [Tensor],
        _ backward: @escaping Node.Backward
    ) -> Tensor {
        let trains = bt_gradient_off().pointee == 0 && operands.contains { $0.trains }
        let tensor = Tensor(shape, storage, trains: trains)
        if trains { tensor.node = Node(name, operands, backward) }
        if let trap = NumericTrap.current, tensor.firstNotFinite != nil {
            trap.note("\(name) of \(operands.map { "\($0.shape)" }.joined(separator: ", ")), forward")
        }
        return tensor
    }

    /// Adds the gradient of this number to the parameters that it was computed from.
    public func backward() {
        precondition(count == 1, "backward() starts from one number, not from shape \(shape)")
        backward(gradient: Tensor.full(shape, 1))
    }

    /// Adds the gradient of a function of this tensor to the parameters that it was computed from.
    ///
    /// - Parameter gradient: of that function with respect to this tensor, of the same shape.
    public func backward(gradient: Tensor) {
        precondition(
            gradient.count == count, "a gradient of shape \(gradient.shape) does not fit a tensor of \(shape)"
        )
        guard trains else { return }
        add { bt_axpy(count, 1, gradient.pointer, $0) }
        let trap = NumericTrap.current
        for tensor in Self.ordered(from: self) {
            guard let node = tensor.node else { continue }
            if let gradient = tensor.gradient {
                node.backward(tensor, gradient.pointer)
                tensor.gradient = nil
            }
            // What is not needed any more goes back to the pool, and long chains do not unwind recursively.
            tensor.node = nil
            guard let trap else { continue }
            for operand in node.operands where operand.gradient?.firstNotFinite != nil {
                trap.note(
                    "\(node.name) of \(node.operands.map { "\($0.shape)" }.joined(separator: ", ")), backward"
                )
            }
        }
    }

    /// Everything that `root` was computed from and that trains, each after all that was computed from it.
    private static func ordered(from root: Tensor) -> [Tensor] {
        var order: [Tensor] = [], seen: Set<ObjectIdentifier> = []
        var stack: [(tensor: Tensor, next: Int)] = [(root, 0)]
        seen.insert(ObjectIdentifier(root))
        while let (tensor, next) = stack.last {
            let operands = tensor.node?.operands ?? []
            if next < operands.count {
                stack[stack.count - 1].next += 1
                let operand = operands[next]
                if operand.node != nil, seen.insert(ObjectIdentifier(operand)).inserted {
                    stack.append((operand, 0))
                }
            } else {
                order.append(tensor)
                stack.removeLast()
            }
        }
        return order.reversed()
    }

    // MARK: Adding to a gradient

    /// For kernels that write a whole gradient.
    func write(_ kernel: (Pointer) -> Void) {
        guard trains else { return }
        let storage = Storage(count)
        kernel(storage.pointer)
        if let gradient {
            bt_axpy(count, 1, storage.pointer, gradient.pointer)
        } else {
            gradient = Tensor(shape, storage)
        }
    }

    /// For kernels that add to a gradient.
    func add(_ kernel: (Pointer) -> Void) {
        guard trains else { return }
        let sum = gradient ?? Tensor(shape, .zeros(count))
        kernel(sum.pointer)
        gradient = sum
    }

    /// For matrix products, which write with beta = 0 and add with beta = 1.
    func product(_ kernel: (Pointer, _ beta: Float) -> Void) {
        guard trains else { return }
        if let gradient { return kernel(gradient.pointer, 1) }
        let storage = Storage(count)
        kernel(storage.pointer, 0)
        gradient = Tensor(shape, storage)
    }

    /// Forgets the gradient.
    public func clearGradient() { gradient = nil }
}
