// Whole files: reading, replacing atomically, finding by pattern. Not for hot paths.
import CLinux
import Glibc

package enum File {
    /// The whole contents.
    package static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw .last }
        defer { close(descriptor) }
        return try readToEnd(FileDescriptor(number: descriptor))
    }

    /// Everything that standard input gives until its end.
    package static func readStandardInput() throws(SystemError) -> [UInt8] {
        try readToEnd(FileDescriptor(number: 0))
    }

    private static func readToEnd(_ descriptor: FileDescriptor) throws(SystemError) -> [UInt8] {
        var contents: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let transfer = unsafe chunk.withUnsafeMutableBytes { bytes in
                unsafe descriptor.read(into: bytes.baseAddress.unsafelyUnwrapped, count: bytes.count)
            }
            switch transfer {
            case .bytes(let count): contents.append(contentsOf: chunk[..<count])
            case .endOfStream: return contents
            case .wouldBlock: throw .wouldBlock
            case .failed(let error): throw error
            }
        }
    }

    /// Puts `contents` in the place of whatever `path` holds, so that at every moment, a crash included, the name leads
    /// to either the old contents or the new ones. The mode of an existing file is kept; a new one gets 0644.
    package static func replace(_ path: String, with contents: [UInt8]) throws(SystemError) {
        let target = realPath(path) ?? path
        let temporary = "\(target).\(getpid()).tmp"
        var information = stat()
        let mode = unsafe stat(target, &information) == 0 ? information.st_mode & 0o7777 : 0o644
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        if descriptor < 0 { throw .last }
        do throws(SystemError) {
            defer { close(descriptor) }
            if fchmod(descriptor, mode) != 0 { throw .last }
            try writeAll(descriptor, contents)
            if fsync(descriptor) != 0 { throw .last }
            if unsafe rename(temporary, target) != 0 { throw .last }
        } catch {
            unsafe unlink(temporary)
            throw error
        }
        try synchronize(directory: directory(of: target))
    }

    /// Writes a file from its start, keeping its mode; a new one gets 0644. Not atomic.
    package static func overwrite(_ path: String, with contents: [UInt8]) throws(SystemError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .last }
        defer { close(descriptor) }
        try writeAll(descriptor, contents)
    }

    /// The size of a file and the second of its last change, as text; empty if there is none.
    package static func stamp(_ path: String) -> String {
        var information = stat()
        guard unsafe stat(path, &information) == 0 else { return "" }
        return "\(information.st_size) \(information.st_mtim.tv_sec)"
    }

    /// Adds `contents` to the end of the file, which is made with mode 0644 if there is none.
    package static func append(_ path: String, _ contents: [UInt8]) throws(SystemError) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw .last }
        defer { close(descriptor) }
        try writeAll(descriptor, contents)
    }

    /// Writes to standard output, past the buffers of `print`.
    package static func writeStandardOutput(_ contents: [UInt8]) throws(SystemError) { try writeAll(1, contents) }

    /// Writes to standard error.
    package static func writeStandardError(_ text: String) { try? writeAll(2, Array(text.utf8)) }

    private static func writeAll(_ descriptor: Int32, _ contents: [UInt8]) throws(SystemError) {
        var written = 0
        while written < contents.count {
            let result = unsafe contents.withUnsafeBytes { bytes in
                unsafe write(descriptor, bytes.baseAddress.unsafelyUnwrapped + written, bytes.count - written)
            }
            if result < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            written += result
        }
    }

    /// Makes a rename in the directory survive a crash.
    private static func synchronize(directory: String) throws(SystemError) {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw .last }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw .last }
    }

    private static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Removes the file, if there is one.
    package static func remove(_ path: String) { unsafe unlink(path) }

    /// The absolute path without symbolic links; nil if there is no such file.
    package static func realPath(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }

    package static var currentDirectory: String {
        guard let path = unsafe getcwd(nil, 0) else { return "/" }
        defer { unsafe free(path) }
        return unsafe String(cString: path)
    }

    package static func changeDirectory(_ path: String) throws(SystemError) {
        if unsafe chdir(path) != 0 { throw .last }
    }

    package static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return unsafe stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    /// The paths that a shell pattern matches, sorted; none if nothing matches.
    package static func matching(_ pattern: String) -> [String] {
        var found = unsafe glob_t()
        defer { unsafe globfree(&found) }
        guard unsafe glob(pattern, 0, nil, &found) == 0, let paths = unsafe found.gl_pathv else { return [] }
        return unsafe (0..<Int(found.gl_pathc)).compactMap { index in
            unsafe paths[index].map { unsafe String(cString: $0) }
        }
    }
}
