import Base
import Foundation
import Testing

@testable import Tensors

/// Losses over rows: log-probabilities of targets, and formulas in Double on the tape.
@Suite struct LossTests {
    /// Rows of logits with a target each, of which every third asks for nothing.
    static func rows(_ count: Int, _ classes: Int) -> (logits: [[Double]], targets: [Int]) {
        var random = RandomStream(seed: 41)
        let logits = (0..<count).map { _ in (0..<classes).map { _ in Double(Float(3 * random.gaussian())) } }
        return (logits, (0..<count).map { $0 % 3 == 2 ? Tensor.noTarget : random.below(classes) })
    }

    /// One row's log-softmax by a plain loop.
    static func logSoftmax(_ logits: [Double]) -> [Double] {
        let sum = logits.reduce(0) { $0 + exp($1) }
        return logits.map { $0 - log(sum) }
    }

    /// What a plain loop in Double finds, for each kernel set and for vectors of all fillings.
    @Test func logProbabilitiesAreThoseOfAPlainLoop() async {
        await #expect(processExitsWith: .success) {
            for set in KernelSetTests.names where Compute.select(kernels: set) {
                for classes in [1, 2, 7, 16, 33, 140, 4_096] {
                    let (logits, targets) = LossTests.rows(11, classes)
                    let x = Tensor(logits.flatMap { $0.map { Float($0) } }, [11, classes], trains: true)
                    let found = x.logProbabilities(of: targets)
                    #expect(found.shape == [11])
                    let slopes = (0..<11).map { 0.5 - Double($0) / 7 }
                    found.loss(value: 0, slopes: slopes).backward()
                    let gradient = x.gradient?.values ?? []
                    for (row, target) in targets.enumerated() {
                        let wanted = LossTests.logSoftmax(logits[row])
                        let value = target < 0 ? 0 : wanted[target]
                        #expect(abs(found.doubles[row] - value) < 2e-6 * max(1, abs(value)), "\(set)")
                        for column in 0..<classes {
                            let onehot = column == target ? 1.0 : 0
                            let slope = target < 0 ? 0 : slopes[row] * (onehot - exp(wanted[column]))
                            let own = Double(gradient[row * classes + column])
                            #expect(abs(own - slope) < 2e-6, "\(set), \(classes) classes, row \(row)")
                        }
                    }
                }
            }
        }
    }

    /// Also where e to a logit is no number, and where the sum of many is far from the largest.
    @Test func largeLogitsDoNotOverflow() {
        let x = Tensor([1e4, -1e4, 0, 88, 89, 90], [2, 3])
        let found = x.logProbabilities(of: [1, 2]).values
        #expect(found[0] == -2e4)
        #expect(abs(found[1] - (-0.407606)) < 1e-5)
        #expect(Tensor([.nan, 1], [1, 2]).logProbabilities(of: [1]).item.isNaN)
    }

    @Test func aLossHasItsValueAndScalesItsSlopes() {
        let x = Tensor([1, 2, 3], trains: true)
        let loss = x.loss(value: 4.5, slopes: [1, -2, 0.5]) * 3
        #expect(loss.item == 13.5)
        loss.backward()
        #expect(x.gradient?.values == [3, -6, 1.5])
        x.loss(value: 0, slopes: [1, 1, 1]).backward()
        #expect(x.gradient?.values == [4, -5, 2.5])
    }

    @Test func noTargetsMakeNoLoss() {
        let x = Tensor([1, 2], [1, 2], trains: true), loss = x.crossEntropy([Tensor.noTarget])
        loss.backward()
        #expect(loss.item == 0 && x.gradient?.values == [0, 0])
    }

    @Test func whatDoesNotFitIsNamed() async {
        func said(_ result: ExitTest.Result?) -> String {
            String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        }
        let stray = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 3]).logProbabilities(of: [3])
        }
        #expect(said(stray).contains("target 3 is none of 3 classes"))
        let slopes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 3]).loss(value: 0, slopes: [1])
        }
        #expect(said(slopes).contains("1 slopes do not fit a tensor of shape [1, 3]"))
    }
}
