// Whether an ID tree is what it should be: for tests.
import Platform

extension IDTree {
    /// Nil if order, counts, chain and memory are right; else what is wrong.
    package func defect(bytes: Int) -> String? {
        var leaves: [UnsafeMutableRawPointer] = unsafe []
        var found = (pairs: 0, nodes: 0, bytes: 0)
        var lastID: StreamID?
        func visit(_ node: IDNode, _ level: Int, _ low: StreamID) -> String? {
            found.nodes += 1
            found.bytes += node.memoryBytes
            if node.count == 0 || node.count > node.capacity { return "a node of \(node.count) pairs" }
            for index in 0..<node.count {
                if level > 0 {
                    let bound = index == 0 ? low : node.id(index)
                    if bound < low { return "a separator below its node's" }
                    if let defect = visit(node.child(index), level - 1, bound) { return defect }
                    continue
                }
                let id = node.id(index)
                if let lastID, lastID >= id { return "IDs out of order" }
                if id < low { return "an ID below its separator" }
                lastID = id
                found.pairs += 1
            }
            if level == 0 { unsafe leaves.append(node.base) }
            return nil
        }
        if let root, let defect = visit(root, height, .zero) { return defect }
        if found.pairs != count { return "\(found.pairs) pairs, counted as \(count)" }
        if found.nodes != nodeCount { return "\(found.nodes) nodes, counted as \(nodeCount)" }
        if found.bytes != bytes { return "\(found.bytes) bytes, counted as \(bytes)" }
        var chained: [UnsafeMutableRawPointer] = unsafe []
        var next = first
        while let leaf = next {
            if unsafe leaf.previous?.base != chained.last { return "a leaf has lost the one before it" }
            unsafe chained.append(leaf.base)
            next = leaf.next
        }
        return unsafe chained == leaves && last?.base == leaves.last ? nil : "the chain is not the leaves"
    }
}
