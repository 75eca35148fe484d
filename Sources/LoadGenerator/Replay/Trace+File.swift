// Traces in files: a line for each request, `time,key,size`.
import Bytes
import Platform

extension Trace {
    /// Reads lines of `time,key,size`, in their order: a key may hold commas. The times are not looked at: whoever
    /// replays sets the pace. Empty lines, lines that begin with `#` and a first line that begins with "time" are
    /// passed over.
    package static func read(_ path: String, name: String) throws(OptionError) -> Trace {
        let contents: [UInt8]
        do { contents = try File.read(path) } catch { throw OptionError("cannot read the trace \(path): \(error)") }
        return try parse(contents, name: name)
    }

    package static func parse(_ contents: [UInt8], name: String) throws(OptionError) -> Trace {
        var trace = Trace(name: name)
        var numbers = KeyNumbers()
        var start = 0
        var line = 0
        while start < contents.count {
            let end = contents[start...].firstIndex(of: 10) ?? contents.count
            defer { start = end + 1 }
            line += 1
            var text = contents[start..<end]
            if text.last == 13 { text.removeLast() }
            if text.isEmpty || text.first == UInt8(ascii: "#") || line == 1 && text.starts(with: "time".utf8) {
                continue
            }
            guard let first = text.firstIndex(of: UInt8(ascii: ",")), let last = text.lastIndex(of: UInt8(ascii: ",")),
                first < last
            else { throw OptionError("\(name):\(line): this is not time,key,size") }
            guard let size = size(text[(last + 1)...]) else {
                throw OptionError("\(name):\(line): the size is not 0 to \(ValueSizes.maximum)")
            }
            guard first + 1 < last else { throw OptionError("\(name):\(line): the key is empty") }
            guard trace.count < maximum else { throw OptionError("\(name): more than \(maximum) requests") }
            trace.append(key: numbers.number(of: text[(first + 1)..<last], in: &trace), size: size)
        }
        guard trace.count > 0 else { throw OptionError("\(name): there is no request in it") }
        return trace
    }

    private static func size(_ digits: ArraySlice<UInt8>) -> Int? {
        guard 1...9 ~= digits.count else { return nil }
        var value = 0
        for digit in digits {
            guard digit &- 48 <= 9 else { return nil }
            value = value * 10 + Int(digit - 48)
        }
        return value <= ValueSizes.maximum ? value : nil
    }

    /// The trace as such a file; the time is the number of the request.
    package var fileContents: [UInt8] {
        var text = Array("time,key,size\n".utf8)
        for place in keys.indices {
            text += Array("\(place),".utf8)
            text += keyName(Int(keys[place]))
            text += Array(",\(sizes[place])\n".utf8)
        }
        return text
    }
}

/// The numbers of the keys that have been seen, by their names.
private struct KeyNumbers {
    private var numbers: [UInt64: Int32] = [:]

    mutating func number(of name: ArraySlice<UInt8>, in trace: inout Trace) -> Int32 {
        var hash = ByteView.withView(Array(name)) { XXH3.hash($0) }
        // Two names of one hash are next to impossible, but would be one key.
        while let found = numbers[hash] {
            if trace.nameLength(Int(found)) == name.count, trace.keyName(Int(found)).elementsEqual(name) {
                return found
            }
            hash &+= 1
        }
        let number = trace.addKey(name)
        numbers[hash] = number
        return number
    }
}
