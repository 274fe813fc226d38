import Base
import Foundation
import Testing

/// The real program, as a user meets it.
@Suite(.serialized) struct WorkbenchTests {
    @Test(arguments: [(80, 24), (120, 40), (200, 60)])
    func aFirstStartShowsARecordedClaim(_ size: (Int, Int)) throws {
        let program = try WorkbenchProgram(width: size.0, height: size.1)
        program.wait(for: "playing")
        program.wait(for: "a run all arms")
        #expect(program.emulator.modes.isAlternate)
        program.type("q")
        #expect(program.end() == 0)
        #expect(program.isRestored)
    }

    @Test func aMethodIsRunChangedLeftAndResumed() throws {
        let program = try WorkbenchProgram(width: 120, height: 40, environment: ["BENCHTOP_THREADS": "1"])
        program.wait(for: "playing")
        program.type("2")
        program.wait(for: "enter change")
        program.type("l")
        program.wait(for: "preset       full")
        program.type("r")
        program.wait(for: "success")
        program.wait(until: "the run has ended") { $0.contains("finished") }
        program.type("q")
        #expect(program.end() == 0)
        #expect(program.isRestored)
    }

    @Test func badInputIsRefusedWithASentenceAndLosesNothing() throws {
        let program = try WorkbenchProgram()
        program.wait(for: "playing")
        program.type("2jj\r")
        program.wait(for: "0 or more")
        program.type("x\r")
        program.wait(for: "is not one")
        program.type("\u{7f}7\r")
        program.wait(for: "seed        17")
        program.type("q")
        #expect(program.end() == 0)
    }

    @Test func quittingWithTrialsRunningLosesNothing() throws {
        let home = WorkbenchProgram.Home()
        let first = try WorkbenchProgram(width: 120, height: 40, home: home)
        first.wait(for: "playing")
        first.type("2lc")
        first.wait(for: "all arms, 60 trials")
        first.type("\r")
        first.wait(for: "steve claim")
        first.type("q")
        first.wait(for: "have not ended")
        first.type("q")
        #expect(first.end() == 0)
        let second = try WorkbenchProgram(width: 120, height: 40, home: home)
        second.wait(for: "was interrupted; R goes on")
        second.type("R")
        second.wait(for: "45/45 finished", seconds: 240)
        second.wait(for: "over sft")
        second.type("q")
        #expect(second.end() == 0)
    }

    @Test func artifactsAndSessionsAreWrittenAsFiles() throws {
        let program = try WorkbenchProgram(
            ["-c", "cd \"$HOME\" && exec \(WorkbenchProgram.benchtop)"], program: "/bin/sh")
        program.wait(for: "playing")
        program.type(")6w")
        program.wait(for: "written: steve-")
        let files = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
        #expect(files.contains { $0.hasPrefix("steve-") && $0.hasSuffix(".csv") }, "\(files)")
        program.type("E")
        program.wait(for: ".sqlite; 'benchtop replay")
        let written = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
        let shared = try #require(written.first { $0.hasPrefix("steve-") && $0.hasSuffix(".sqlite") })
        let other = try WorkbenchProgram(["replay", program.folder.appending(path: shared).path])
        other.wait(for: "playing")
    }

    /// Ten kilobytes a second: frames are left out, keys are not.
    @Test func aSlowLink() throws {
        let program = try WorkbenchProgram()
        program.rate = 10_000
        program.wait(for: "playing", seconds: 30)
        program.type("z?")
        program.wait(for: "search", seconds: 30)
        program.type("\u{1b}")
        program.pass(0.5)
        program.type("z1")
        program.wait(for: "enter choose", seconds: 30)
        program.type("q")
        #expect(program.end() == 0)
        #expect(program.isRestored)
    }

    @Test func themesFollowTheTerminalAndTheirFiles() throws {
        let light = try WorkbenchProgram()
        light.wait(for: "playing")
        light.send(Array("\u{1b}]11;rgb:ffff/ffff/f0f0\u{1b}\\".utf8))
        light.wait(until: "the light theme is used") { _ in
            light.emulator.cell(x: 1, y: 0).background == 0x1faf8f3
        }

        let slate = try String(
            contentsOf: URL(filePath: #filePath).appending(path: "../../../Themes/slate.toml").standardized,
            encoding: .utf8)
        let mine = slate.replacing("name = \"slate\"", with: "name = \"mine\"")
        let program = try WorkbenchProgram(
            ["--theme", "mine"], files: ["config/benchtop/themes/mine.toml": mine])
        program.wait(for: "playing")
        #expect(program.emulator.cell(x: 1, y: 0).background == 0x114181f)
        let file = program.folder.appending(path: "config/benchtop/themes/mine.toml")
        try mine.replacing("#14181f", with: "#102030").write(to: file, atomically: true, encoding: .utf8)
        program.wait(until: "the new ground is shown") { _ in
            program.emulator.cell(x: 1, y: 0).background == 0x1102030
        }
        try mine.replacing("light = false", with: "light = 7").write(
            to: file, atomically: true, encoding: .utf8)
        program.wait(for: "light must be true or false")
        #expect(program.emulator.cell(x: 1, y: 0).background == 0x1102030)
    }

    @Test func keysAreRemappedInTheConfiguration() throws {
        let program = try WorkbenchProgram(
            files: ["config/benchtop/config.toml": "[keys]\n\"help\" = [\"H\"]\n"])
        program.wait(for: "playing")
        program.type("H")
        program.wait(for: "type to search")
        let wrong = try WorkbenchProgram(files: ["config/benchtop/config.toml": "colour = 3"])
        wrong.wait(for: "'colour' means nothing")
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGQUIT])
    func aSignalCheckpointsTrialsAndRestoresTheTerminal(_ number: Int32) throws {
        let program = try WorkbenchProgram()
        program.wait(for: "playing")
        program.type("a")
        program.wait(for: "duel")
        program.signal(number)
        #expect(program.end() == 128 + number)
        #expect(program.isRestored)
        #expect(!program.emulator.rows.joined().contains("rash"))
    }

    /// The same in a plain terminal, where a run is shown in place.
    @Test(arguments: [SIGTERM, SIGQUIT]) func aRunInATerminalEndsQuietly(_ number: Int32) throws {
        let run = try WorkbenchProgram(["run", "steve", "--preset", "quick", "--threads", "1"])
        run.wait(for: "clone")
        run.signal(number)
        #expect(run.end() == 128 + number)
        let shown = run.emulator.rows.joined(separator: "\n")
        #expect(shown.contains("resume") && !shown.contains("rash"), "\(shown)")
    }

    /// What another process runs is followed; when that process is gone, nothing counts down any more.
    @Test func aRunOfAnotherProcessThatIsGone() throws {
        let home = WorkbenchProgram.Home()
        let run = try WorkbenchProgram(
            ["run", "tulip", "--preset", "full", "--threads", "1"], home: home)
        run.wait(for: "train")
        let watch = try WorkbenchProgram(width: 120, height: 40, home: home)
        watch.wait(for: "train ")
        run.signal(SIGKILL)
        #expect(run.end() == -SIGKILL)
        watch.wait(for: "interrupted")
        watch.pass(1.5)
        let header = watch.emulator.rows[0]
        #expect(
            header.contains("interrupted") && !header.contains("ETA") && !header.contains("/s"), "\(header)")
        watch.type("R")
        watch.wait(until: "it goes on") { !$0.contains("interrupted") && $0.contains("train") }
        watch.type("qq")
        #expect(watch.end() == 0)
    }

    @Test func aCrashRestoresTheTerminal() throws {
        let program = try WorkbenchProgram()
        program.wait(for: "playing")
        program.signal(SIGSEGV)
        #expect(program.end() == -SIGSEGV)
        #expect(program.isRestored)
    }

    /// Only a shell with jobs can stop a program: one without a parent in its session is never stopped.
    @Test func stoppedAndContinuedFromAShell() throws {
        let shell = try WorkbenchProgram(
            ["--norc", "--noprofile", "-i"], environment: ["PS1": "ready> "], program: "/bin/bash")
        shell.wait(for: "ready>")
        shell.type("\(WorkbenchProgram.benchtop)\r")
        shell.wait(for: "playing")
        shell.type("\u{1a}")
        shell.wait(for: "Stopped")
        #expect(!shell.emulator.modes.isAlternate && shell.emulator.modes.isCursorVisible)
        #expect(shell.emulator.modes.mouse == 0)
        shell.type("fg\r")
        shell.wait(for: "4 charts")
        shell.type("q")
        shell.wait(until: "the shell is back") { _ in !shell.emulator.modes.isAlternate }
        shell.type("exit\r")
        #expect(shell.end() == 0)
    }

    @Test func nothingIsWrittenWhenNothingChanges() throws {
        let program = try WorkbenchProgram()
        program.wait(for: "playing")
        program.type(" ")
        program.wait(for: "paused")
        program.pass(0.5)
        #expect(program.pass(2.5) == 0)
    }

    @Test(arguments: ["linux", "vt100", "screen", "tmux-256color", "xterm-256color"])
    func everyTerminal(_ term: String) throws {
        let program = try WorkbenchProgram(environment: ["TERM": term, "COLORTERM": ""])
        program.wait(for: "charts")
        program.type("?")
        program.wait(for: "search")
        program.type("\u{1b}")
        program.pass(0.3)
        program.type("q")
        #expect(program.end() == 0)
        #expect(program.isRestored)
    }

    @Test func aTerminalThatCannotIsToldSo() throws {
        let dumb = try WorkbenchProgram(environment: ["TERM": "dumb"])
        #expect(dumb.end() == 64)
        #expect(dumb.emulator.rows.joined().contains("cannot place its cursor"))
        let unknown = try WorkbenchProgram(environment: ["TERM": "no-such-terminal"])
        #expect(unknown.end() == 64)
        #expect(unknown.emulator.rows.joined().contains("No terminal description"))
    }

    @Test func withoutColoursAndWithoutUnicode() throws {
        let plain = try WorkbenchProgram(environment: ["NO_COLOR": "1"])
        plain.wait(for: "playing")
        for y in 0..<24 {
            for x in 0..<80 {
                let cell = plain.emulator.cell(x: x, y: y)
                #expect(cell.foreground == -1 && cell.background == -1)
            }
        }
        let ascii = try WorkbenchProgram(environment: ["LANG": "C", "LC_ALL": "C"])
        ascii.wait(for: "playing")
        #expect(ascii.emulator.rows.joined().utf8.allSatisfy { $0 < 128 })
        #expect(ascii.wideBytes == 0)
    }

    /// A terminal of seven bits is sent no others, wherever the user goes, in a locale that has them all.
    @Test(arguments: [["TERM": "vt100", "COLORTERM": ""], [:]])
    func sevenBits(_ environment: [String: String]) throws {
        let program = try WorkbenchProgram(
            environment.isEmpty ? ["--ascii"] : [], width: 120, height: 40, environment: environment)
        program.wait(for: "charts")
        for keys in [
            "1", "2", "3", "4\u{1b}[D", "5", "6", "6n", "6n", "7", "7jjjj", "?", "\u{1b}", ":", "\u{1b}", "c",
            "n",
        ] {
            program.type(keys)
            program.pass(0.15)
        }
        program.resize(width: 200, height: 60)
        program.pass(0.5)
        program.type("7zGq")
        #expect(program.end() == 0)
        #expect(program.emulator.taken > 10_000 && program.wideBytes == 0)
    }

    @Test func smallScreens() throws {
        let program = try WorkbenchProgram(width: 20, height: 5)
        program.wait(for: "charts")
        program.resize(width: 19, height: 4)
        program.wait(for: "20x5 at least")
        for (width, height) in [(1, 1), (300, 90), (20, 5), (80, 24)] {
            program.resize(width: width, height: height)
        }
        program.wait(for: "4 charts")
        program.type("q")
        #expect(program.end() == 0)
    }

    /// Keys and resizes in any order: the program goes on, and ends when it is told to.
    @Test func anyKeysAndSizes() throws {
        let events = ProcessInfo.processInfo.environment["BENCHTOP_SOAK"] == nil ? 2_000 : 100_000
        let keys =
            Array("123456789hjklHLgGzrascXtTnNpPdDymbxo+-0=[](),.<>iu/:?#RYfvAw").map(String.init)
            + [
                "\r", "\u{1b}", "\t", " ", "\u{7f}", "\u{1b}[A", "\u{1b}[B", "\u{1b}[C", "\u{1b}[D",
                "\u{1b}[5~", "\u{1b}[<0;10;10M",
                "\u{1b}[<0;10;10m", "\u{1b}[<64;40;8M", "\u{1b}[<32;50;9M", "\u{1b}[200~pasted\u{1b}[201~",
                "é", "漢", "\u{1b}h", "\u{10}", "\u{14}",
            ]
        var random = RandomStream(seed: 20)
        let program = try WorkbenchProgram()
        program.wait(for: "playing")
        for event in 0..<events {
            if random.below(40) == 0 {
                program.resize(width: 1 + random.below(220), height: 1 + random.below(70))
            } else {
                program.type(keys[random.below(keys.count)])
            }
            if event % 20 == 0 { program.pass(0.02) }
        }
        program.resize(width: 80, height: 24)
        program.wait(until: "it still answers", seconds: 60) { text in
            program.type("\u{1b}")
            program.pass(0.2)
            return text.contains("? keys")
        }
        program.signal(SIGTERM)
        #expect(program.end(seconds: 60) == 128 + SIGTERM)
        #expect(program.isRestored)
    }
}
