import CKernels

extension Tensor {
    /// Convolution of [batch, height, width, inputs] with a weight [kernel, kernel, inputs, outputs] (cross-correlation,
    /// as everywhere in the field), zeros outside.
    public func convolved(_ weight: Tensor, stride: Int = 1, padding: (Int, Int) = (0, 0)) -> Tensor {
        let x = self
        demand(
            shape.count == 4 && weight.shape.count == 4 && weight.shape[2] == shape[3],
            "convolved cannot take shapes \(shape) and \(weight.shape)")
        var c = Self.conv(x, weight.shape[0], weight.shape[1], stride, padding)
        c.outputs = weight.shape[3]
        let plan = c
        return Self.result(
            .convolved, [plan.batch, plan.out_height, plan.out_width, plan.outputs], [x, weight]
        ) { y in
            withUnsafePointer(to: plan) { bt_conv($0, x.pointer, weight.pointer, y) }
        } backward: { _, dy in
            withUnsafePointer(to: plan) { plan in
                x.write { bt_conv_back_input(plan, dy, weight.pointer, $0) }
                weight.add { bt_conv_back_weights(plan, x.pointer, dy, $0) }
            }
        }
    }

    /// Convolution of each channel with its own kernel: weight [kernel, kernel, channels].
    public func convolvedDepthwise(_ weight: Tensor, stride: Int = 1, padding: (Int, Int) = (0, 0)) -> Tensor
    {
        let x = self
        demand(
            shape.count == 4 && weight.shape.count == 3 && weight.shape[2] == shape[3],
            "convolvedDepthwise cannot take shapes \(shape) and \(weight.shape)")
        var c = Self.conv(x, weight.shape[0], weight.shape[1], stride, padding)
        c.outputs = c.inputs
        let plan = c
        return Self.result(
            .convolvedDepthwise, [plan.batch, plan.out_height, plan.out_width, plan.outputs], [x, weight]
        ) { y in
            withUnsafePointer(to: plan) { bt_depthwise($0, x.pointer, weight.pointer, y) }
        } backward: { _, dy in
            let dx = Storage(x.count), dw = Storage.zeros(weight.count)
            withUnsafePointer(to: plan) {
                bt_depthwise_back($0, x.pointer, weight.pointer, dy, dx.pointer, dw.pointer)
            }
            x.take(dx)
            weight.take(dw)
        }
    }

    private static func conv(
        _ x: Tensor, _ height: Int, _ width: Int, _ stride: Int, _ padding: (Int, Int)
    ) -> bt_conv_plan {
        var c = bt_conv_plan()
        (c.batch, c.height, c.width, c.inputs) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        (c.kernel_height, c.kernel_width, c.stride) = (height, width, stride)
        (c.pad_height, c.pad_width) = padding
        c.out_height = (c.height + 2 * padding.0 - height) / stride + 1
        c.out_width = (c.width + 2 * padding.1 - width) / stride + 1
        demand(
            c.out_height > 0 && c.out_width > 0 && padding.0 < height && padding.1 < width,
            "a kernel of \(height)x\(width) with padding \(padding) does not fit shape \(x.shape)")
        return c
    }

    /// Each pixel of [batch, height, width, channels] four times: twice the height and width.
    public func upsampled() -> Tensor {
        demand(shape.count == 4, "only pictures can be upsampled, not \(shape)")
        let (b, h, w, c) = (shape[0], shape[1], shape[2], shape[3])
        return Self.result(.upsampled, [b, 2 * h, 2 * w, c], [self]) {
            bt_upsample(b, h, w, c, pointer, $0)
        } backward: { [self] _, dy in
            write { bt_pool(b, h, w, c, 1, dy, $0) }
        }
    }

    /// The mean of each 2x2 block: half the height and width.
    public func averagePooled() -> Tensor {
        demand(
            shape.count == 4 && shape[1] % 2 == 0 && shape[2] % 2 == 0, "shape \(shape) has no 2x2 blocks")
        let (b, h, w, c) = (shape[0], shape[1] / 2, shape[2] / 2, shape[3])
        return Self.result(.averagePooled, [b, h, w, c], [self]) {
            bt_pool(b, h, w, c, 0.25, pointer, $0)
        } backward: { [self] _, dy in
            write {
                bt_upsample(b, h, w, c, dy, $0)
                bt_scale(count, 0.25, 0, $0, $0)
            }
        }
    }
}
