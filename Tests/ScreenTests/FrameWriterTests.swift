import Base
import Terminal
import Testing

@Suite struct FrameWriterTests {
    /// Frames that differ a little or wholly, with wide characters, colours and attributes.
    private func frame(after last: Canvas?, _ random: inout RandomStream, width: Int, height: Int) -> Canvas {
        let letters: [Character] = ["a", "Z", "⣿", "█", "漢", "字", "é", "─", " ", "0"]
        var canvas = last ?? Canvas(width: width, height: height)
        for _ in 0..<(last == nil ? 400 : 1 + random.below(60)) {
            let style = Style(
                color(&random), on: color(&random),
                [[], .bold, .reverse, .underline, .struck, [.bold, .reverse]][random.below(6)])
            canvas.write(
                String(letters[random.below(letters.count)]), x: random.below(width),
                y: random.below(height), style: style)
        }
        return canvas
    }

    private func color(_ random: inout RandomStream) -> Color {
        random.below(3) == 0
            ? .none
            : .rgb(
                UInt8(random.below(256)), UInt8(random.below(256)),
                UInt8(random.below(256)))
    }

    private func number(_ color: Color) -> Int {
        guard case .rgb(let r, let g, let b) = color else { return -1 }
        return 0x1000000 + Int(r) << 16 + Int(g) << 8 + Int(b)
    }

    @Test func whatIsWrittenIsWhatIsSeen() {
        var random = RandomStream(seed: 7)
        let (width, height) = (60, 20)
        let emulator = Emulator(width: width, height: height)
        var writer = FrameWriter(colors: .truecolor), canvas: Canvas?
        for _ in 0..<200 {
            let next = frame(after: canvas, &random, width: width, height: height)
            _ = emulator.take(writer.bytes(for: next))
            canvas = next
            for y in 0..<height {
                for x in 0..<width {
                    let cell = next[x, y], seen = emulator.cell(x: x, y: y)
                    if cell.character == Cell.tail { continue }
                    #expect(seen.text == String(cell.character))
                    #expect(seen.background == number(cell.style.background))
                    #expect(seen.isReverse == cell.style.attributes.contains(.reverse))
                    guard cell.character != " " else { continue }
                    #expect(seen.foreground == number(cell.style.foreground))
                    #expect(seen.isBold == cell.style.attributes.contains(.bold))
                    #expect(seen.isUnderlined == cell.style.attributes.contains(.underline))
                    #expect(seen.isStruck == cell.style.attributes.contains(.struck))
                }
            }
        }
    }

    @Test func nothingIsWrittenWhenNothingChanged() {
        var random = RandomStream(seed: 1), writer = FrameWriter(colors: .truecolor)
        let canvas = frame(after: nil, &random, width: 80, height: 24)
        #expect(!writer.bytes(for: canvas).isEmpty)
        #expect(writer.bytes(for: canvas).isEmpty)
        var changed = canvas
        changed[3, 3] = Cell("x")
        #expect(writer.bytes(for: changed).count < 40)
    }

    @Test func fewerColoursAndCharactersAreAskedForWhereThereAreFewer() {
        func text(_ colors: ColorDepth, _ glyphs: Glyphs = .unicode) -> String {
            var canvas = Canvas(width: 4, height: 1, glyphs: glyphs), writer = FrameWriter(colors: colors)
            canvas.write("é─x", x: 0, y: 0, style: Style(.rgb(255, 0, 0), on: .rgb(0, 0, 0), .bold))
            return String(decoding: writer.bytes(for: canvas), as: UTF8.self)
        }
        #expect(text(.truecolor).contains("38;2;255;0;0"))
        #expect(text(.palette256).contains("38;5;196"))
        #expect(text(.sixteen).contains(";91;40m"))
        #expect(text(.mono, .ascii).contains("[0;1me-x"))
        #expect(text(.mono, .ascii).utf8.allSatisfy { $0 < 128 })
    }

    @Test func controlCharactersAreShownNotObeyed() {
        var canvas = Canvas(width: 30, height: 1)
        canvas.write("a\u{1b}[2Jb\u{9b}31m\u{7}\u{202e}c\n", x: 0, y: 0)
        var writer = FrameWriter(colors: .mono)
        let emulator = Emulator(width: 30, height: 1)
        let bytes = writer.bytes(for: canvas)
        _ = emulator.take(bytes)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("\u{7}"))
        #expect(emulator.rows[0].hasPrefix("a"))
        #expect(emulator.rows[0].contains("[2Jb"))
    }
}
