import CKernels
import Checkpoints

/// How a tensor was computed: its operands, and how its gradient reaches them.
final class Node {
    /// Takes the result, which holds its gradient too, and adds to the operands' gradients.
    typealias Backward = (_ y: Tensor, _ dy: Tensor.Pointer) -> Void

    let name: Primitive
    let operands: [Tensor]
    let backward: Backward
    /// Whether the walk of a backward pass has met it.
    var isSeen = false

    init(_ name: Primitive, _ operands: [Tensor], _ backward: @escaping Backward) {
        self.name = name
        self.operands = operands
        self.backward = backward
    }

    /// The operation with its operands' shapes, for messages.
    var label: String { Self.label(name, operands) }

    static func label(_ name: Primitive, _ operands: [Tensor]) -> String {
        "\(name.rawValue) of \(operands.map { "\($0.shape)" }.joined(separator: ", "))"
    }
}

/// Parts of tapes that no backward pass walked, on their way out.
///
/// A tensor that goes lets go of what it was computed from, and so on down: done one inside the other, a chain of some
/// ten thousand operations would overflow the stack, so they leave one after another.
final class LettingGo {
    private var nodes: [Node] = []

    /// Lets go of a node, at once or, inside another one's end, after that.
    static func take(_ node: inout Node?) {
        let place = bt_letting_go()!
        if let active = place.pointee {
            Unmanaged<LettingGo>.fromOpaque(active).takeUnretainedValue().add(&node)
            return
        }
        let all = LettingGo()
        all.add(&node)
        place.pointee = Unmanaged.passUnretained(all).toOpaque()
        while !all.nodes.isEmpty { all.nodes.removeLast() }
        place.pointee = nil
    }

    private func add(_ node: inout Node?) {
        if let node { nodes.append(node) }
        node = nil
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
    /// - Returns: the result, which trains if an operand does.
    static func result(
        _ name: Primitive, _ shape: [Int], _ operands: [Tensor], forward: (Pointer) -> Void,
        backward: @escaping Node.Backward
    ) -> Tensor {
        let storage = Storage(shape.reduce(1, *))
        forward(storage.pointer)
        return noted(name, shape, storage, operands, backward)
    }

    /// The result of an operation whose elements lie in `storage` already.
    static func noted(
        _ name: Primitive, _ shape: [Int], _ storage: Storage, _ operands: [Tensor],
        _ backward: @escaping Node.Backward
    ) -> Tensor {
        let trains = trains(operands)
        let tensor = Tensor(shape, storage, trains: trains)
        // Without a node, operands and what `backward` captured go at once: evaluation holds only what it works on.
        if trains { tensor.node = Node(name, operands, backward) }
        if let trap = NumericTrap.current, tensor.firstNotFinite != nil {
            trap.note("\(Node.label(name, operands)), forward")
        }
        return tensor
    }

    /// Whether the result of an operation on these operands is to have a gradient.
    static func trains(_ operands: [Tensor]) -> Bool {
        bt_gradient_off().pointee == 0 && operands.contains { $0.trains }
    }

    /// Adds the gradient of this number to the parameters that it was computed from.
    public func backward() {
        demand(count == 1, "backward() starts from one number, not from shape \(shape)")
        backward(gradient: Tensor.full(shape, 1))
    }

    /// Adds the gradient of a function of this tensor to the parameters that it was computed from.
    ///
    /// The tape is used up: what this tensor was computed from cannot be walked a second time, so losses that share
    /// a part of the network are added up first.
    ///
    /// - Parameter gradient: of that function with respect to this tensor, of the same shape.
    public func backward(gradient: Tensor) {
        demand(
            gradient.count == count,
            "a gradient of shape \(gradient.shape) does not fit a tensor of shape \(shape)")
        guard trains else { return }
        demand(
            !isSpent, "backward() went through this tensor of shape \(shape) already: add the losses up first"
        )
        accumulate(1, gradient.pointer)
        let trap = NumericTrap.current
        var order = Self.ordered(from: self)
        // Each tensor leaves the list as its gradient is passed on: its memory serves the rest of the pass, and a
        // long chain does not unwind recursively.
        while let tensor = order.popLast() { tensor.passOn(trap) }
    }

    /// Hands this tensor's gradient to its operands, and lets both go.
    private func passOn(_ trap: NumericTrap?) {
        guard let node else { return }
        self.node = nil
        isSpent = true
        guard let dy = gradient else { return }
        node.backward(self, dy.pointer)
        gradient = nil
        guard let trap else { return }
        for operand in node.operands where operand.gradient?.firstNotFinite != nil {
            trap.note("\(node.label), backward")
        }
    }

    /// Everything that `root` was computed from and that trains, each before all that was computed from it.
    ///
    /// Depth first with a stack of its own: recursion would overflow the thread's on a long chain, as a recurrent
    /// network's is. What has been met is marked on the node, which this pass uses up, so that no mark has to be taken
    /// back and no set of tensors is kept.
    private static func ordered(from root: Tensor) -> [Tensor] {
        var order: [Tensor] = []
        var stack: [(tensor: Tensor, next: Int)] = [(root, 0)]
        root.node?.isSeen = true
        while let (tensor, next) = stack.last {
            guard let operands = tensor.node?.operands, next < operands.count else {
                order.append(tensor)
                stack.removeLast()
                continue
            }
            stack[stack.count - 1].next += 1
            let operand = operands[next]
            demand(
                !operand.isSpent,
                "backward() went through an operand of \(tensor.node?.label ?? "") already: add the losses up first"
            )
            if let node = operand.node, !node.isSeen {
                node.isSeen = true
                stack.append((operand, 0))
            }
        }
        return order
    }

    // MARK: Adding to a gradient
    //
    // The ways in which `backward` hands a gradient to an operand; none does anything for one that does not train. The
    // "first" gradient is the one that finds none there, "later" ones are added to it. A block is memory of the
    // operand's size from the pool; a pass reads or writes that much, beside what the kernel itself does.
    //
    // | way               | when                               | owns or copies       | first         | later         |
    // | ----------------- | ---------------------------------- | -------------------- | ------------- | ------------- |
    // | write(kernel)     | the kernel can only write it all   | owns a new block     | block         | block, 1 pass |
    // | take(block)       | one kernel wrote those of several  | owns the block given | nothing       | 1 pass        |
    // | inherit(result)   | the result's, as it is             | shares the result's  | nothing       | 1 pass        |
    // | accumulate(a, dy) | the result's, times a number       | copies it            | block, 1 pass | 1 pass        |
    // | add(kernel)       | the kernel can only add            | owns new zeros       | block, 1 pass | nothing       |
    // | product(kernel)   | the kernel writes or adds, by beta | owns a new block     | block         | nothing       |
    // | place()           | a kernel in C fills several        | owns it, unwritten   | block         | nothing       |
    //
    // Later ones are added in place, so by then a gradient must be nobody else's. Only `inherit` shares, with a result
    // that forgets its gradient when its `backward` returns: hence it is called last there, after all that reads `dy`.
    // Who asks for a `place` looks before whether a gradient is there, and tells the kernel to write or to add.

    /// For kernels that write a whole gradient.
    func write(_ kernel: (Pointer) -> Void) {
        guard trains else { return }
        let storage = Storage(count)
        kernel(storage.pointer)
        take(storage)
    }

    /// Adds a finished gradient, without a copy when it is the first.
    func take(_ part: Storage) {
        guard trains else { return }
        if let gradient {
            bt_axpy(count, 1, part.pointer, gradient.pointer)
        } else {
            gradient = Tensor(shape, part)
        }
    }

    /// Adds the gradient of a result that passes it on as it is; call it last.
    ///
    /// The first one is shared, not copied: the result forgets its gradient as soon as it has been passed on.
    func inherit(_ result: Tensor) {
        if let dy = result.gradient { take(dy.storage) }
    }

    /// Adds factor * dy.
    func accumulate(_ factor: Float, _ dy: Pointer) {
        guard trains else { return }
        if let gradient {
            bt_axpy(count, factor, dy, gradient.pointer)
        } else {
            write { bt_scale(count, factor, 0, dy, $0) }
        }
    }

    /// For kernels that add to a gradient.
    func add(_ kernel: (Pointer) -> Void) {
        guard trains else { return }
        let sum = gradient ?? Tensor(shape, .zeros(count))
        kernel(sum.pointer)
        gradient = sum
    }

    /// For kernels that write with beta = 0 and add with beta = 1, as matrix products do.
    func product(_ kernel: (Pointer, _ beta: Float) -> Void) {
        guard trains else { return }
        if let gradient { return kernel(gradient.pointer, 1) }
        write { kernel($0, 0) }
    }

    /// Where a kernel writes or adds a gradient; nil where none is wanted.
    func place() -> Pointer? {
        guard trains else { return nil }
        let place = gradient ?? Tensor(shape, Storage(count))
        gradient = place
        return place.pointer
    }

    /// Forgets the gradient.
    public func clearGradient() { gradient = nil }
}
