import CKernels

extension Tensor {
    /// Layer norm over the last axis, with a gain and a bias of its length; without them, the plain norm.
    public func layerNorm(_ gain: Tensor? = nil, _ bias: Tensor? = nil, eps: Float = 1e-5) -> Tensor {
        let (x, rows, cols) = (self, rows, columns)
        let gain = gain ?? .full([cols], 1), bias = bias ?? .zeros([cols])
        demand(
            gain.count == cols && bias.count == cols,
            "layerNorm cannot take shapes \(shape) and \(gain.shape)")
        let mean = Storage(rows), rstd = Storage(rows)
        return Self.result(.layerNorm, shape, [x, gain, bias]) {
            bt_layer_norm(
                rows, cols, eps, x.pointer, gain.pointer, bias.pointer, $0, mean.pointer, rstd.pointer)
        } backward: { _, dy in
            Self.backNorm(x, gain, bias) { dx, dg, db in
                bt_layer_norm_back(
                    rows, cols, x.pointer, gain.pointer, mean.pointer, rstd.pointer, dy, dx, dg, db)
            }
        }
    }

    /// The plain layer norm over the last axis, times 1 + scale, plus shift, of each entry of a batch (AdaLN, Peebles & Xie
    /// 2023, §3.2): the bits of these operations one after the other, in one pass.
    ///
    /// - Parameters:
    ///   - scale: [batch, width] for self [batch, .., width].
    ///   - shift: the same shape.
    ///   - eps: added to the variance.
    /// - Returns: the shape of self.
    public func modulatedLayerNorm(scale: Tensor, shift: Tensor, eps: Float = 1e-5) -> Tensor {
        let (x, batch, cols) = (self, shape[0], columns), tokens = rows / batch
        demand(
            scale.shape == [batch, cols] && shift.shape == [batch, cols],
            "modulatedLayerNorm cannot take shapes \(shape), \(scale.shape) and \(shift.shape)")
        let mean = Storage(rows), rstd = Storage(rows)
        return Self.result(.modulatedLayerNorm, shape, [x, scale, shift]) {
            bt_modulated_norm(
                batch, tokens, cols, eps, x.pointer, shift.pointer, scale.pointer, $0, mean.pointer,
                rstd.pointer)
        } backward: { _, dy in
            Self.backNorm(x, scale, shift) { dx, ds, db in
                bt_modulated_norm_back(
                    batch, tokens, cols, x.pointer, scale.pointer, mean.pointer, rstd.pointer, dy, dx, ds, db)
            }
        }
    }

    /// RMS norm over the last axis, with a gain of its length; without one, the plain norm.
    public func rmsNorm(_ gain: Tensor? = nil, eps: Float = 1e-6) -> Tensor {
        let (x, rows, cols) = (self, rows, columns), gain = gain ?? .full([columns], 1)
        demand(gain.count == cols, "rmsNorm cannot take shapes \(shape) and \(gain.shape)")
        let rstd = Storage(rows)
        return Self.result(.rmsNorm, shape, [x, gain]) {
            bt_rms_norm(rows, cols, eps, x.pointer, gain.pointer, $0, rstd.pointer)
        } backward: { _, dy in
            let dg = Storage.zeros(cols)
            let dx = Storage(x.count)
            bt_rms_norm_back(rows, cols, x.pointer, gain.pointer, rstd.pointer, dy, dx.pointer, dg.pointer)
            x.take(dx)
            gain.take(dg)
        }
    }

    /// Group norm of [batch, .., channels] over pixels and groups of neighbouring channels.
    public func groupNorm(_ gain: Tensor, _ bias: Tensor, groups: Int, eps: Float = 1e-5) -> Tensor {
        let (x, channels, batch) = (self, columns, shape[0])
        demand(
            channels % groups == 0 && gain.count == channels && bias.count == channels,
            "groupNorm in \(groups) groups cannot take shapes \(shape) and \(gain.shape)")
        let pixels = count / (batch * channels)
        let mean = Storage(batch * groups), rstd = Storage(batch * groups)
        return Self.result(.groupNorm, shape, [x, gain, bias]) {
            bt_group_norm(
                batch, pixels, channels, groups, eps, x.pointer, gain.pointer, bias.pointer, $0, mean.pointer,
                rstd.pointer)
        } backward: { _, dy in
            Self.backNorm(x, gain, bias) { dx, dg, db in
                bt_group_norm_back(
                    batch, pixels, channels, groups, x.pointer, gain.pointer, mean.pointer, rstd.pointer, dy,
                    dx,
                    dg, db)
            }
        }
    }

    /// The kernels give all three gradients at once.
    private static func backNorm(
        _ x: Tensor, _ gain: Tensor, _ bias: Tensor, _ kernel: (Pointer, Pointer, Pointer) -> Void
    ) {
        let dx = Storage(x.count), dg = Storage.zeros(gain.count), db = Storage.zeros(bias.count)
        kernel(dx.pointer, dg.pointer, db.pointer)
        for (tensor, part) in [(x, dx), (gain, dg), (bias, db)] { tensor.take(part) }
    }
}
