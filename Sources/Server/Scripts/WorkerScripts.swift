// The scripts that one worker has compiled, and the machine that runs them.
import Bytes
import RESP
import Scripting

/// A script as one worker knows it.
final class KnownScript {
    let script: Script
    /// The function in this worker's machine; nil until it is first run here.
    var compiled: CompiledScript?

    init(_ script: Script) { self.script = script }
}

/// Used by its worker alone.
final class WorkerScripts {
    let machine = ScriptMachine(version: ServerIdentity.compatibleVersion)
    /// The running script was called by a command that only reads.
    var readsOnly = false
    let functions = WorkerFunctions()
    /// It may write while memory is out.
    var allowsOutOfMemory = false
    /// Known scripts by the beginnings of their names, and by the hashes of their texts.
    private var names = ScriptIndex()
    private var texts = ScriptIndex()
    private var known: [KnownScript] = []
    private var generation = 0

    /// What this worker knows of a script, from the store if need be; nil if nobody knows it.
    func find(_ name: ScriptName, in store: ScriptStore) -> KnownScript? {
        // In the middle of a script the machine is left alone.
        if machine.isRunning { return store.find(name).map { KnownScript($0) } }
        forgetOld(store)
        if let place = names.find(name.first, where: { known[$0].script.name == name }) { return known[place] }
        guard let script = store.find(name) else { return nil }
        let found = KnownScript(script)
        names.insert(name.first, known.count)
        texts.insert(WorkerScripts.hash(script.text), known.count)
        known.append(found)
        return found
    }

    /// The same by the text of a script that this worker knows already, without its digest.
    func find(text: ByteView, in store: ScriptStore) -> KnownScript? {
        if machine.isRunning { return nil }
        forgetOld(store)
        let place = texts.find(KeyHash.hash(text, seed: 0)) { place in
            let known = known[place].script.text
            return known.count == text.count && ByteView.withView(known) { $0 == text }
        }
        return place.map { known[$0] }
    }

    private static func hash(_ text: [UInt8]) -> UInt64 { ByteView.withView(text) { KeyHash.hash($0, seed: 0) } }

    /// The function of a script that is known, compiled when it is first asked for.
    func compiled(_ found: KnownScript) throws(ScriptFailure) -> CompiledScript {
        if let compiled = found.compiled { return compiled }
        let text = found.script.text
        let compiled = try ByteView.withView(text) { (view) throws(ScriptFailure) in
            try machine.compile(view.dropFirst(found.script.header.length))
        }
        found.compiled = compiled
        return compiled
    }

    private func forgetOld(_ store: ScriptStore) {
        if store.generation == generation { return }
        generation = store.generation
        for found in known { if let compiled = found.compiled { machine.forget(compiled) } }
        names = ScriptIndex()
        texts = ScriptIndex()
        known.removeAll()
    }
}

/// Places of known scripts by a number that is as good as random; open addressing, at most half full.
private struct ScriptIndex {
    private struct Slot {
        var key: UInt64 = 0
        /// -1: the slot is free.
        var place = -1
    }

    private var slots = [Slot](repeating: Slot(), count: 16)
    private var count = 0

    func find(_ key: UInt64, where matches: (Int) -> Bool) -> Int? {
        var index = Int(truncatingIfNeeded: key) & (slots.count - 1)
        while slots[index].place >= 0 {
            if slots[index].key == key && matches(slots[index].place) { return slots[index].place }
            index = (index + 1) & (slots.count - 1)
        }
        return nil
    }

    mutating func insert(_ key: UInt64, _ place: Int) {
        if count * 2 >= slots.count { grow() }
        put(Slot(key: key, place: place))
        count += 1
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        for slot in old where slot.place >= 0 { put(slot) }
    }

    private mutating func put(_ slot: Slot) {
        var index = Int(truncatingIfNeeded: slot.key) & (slots.count - 1)
        while slots[index].place >= 0 { index = (index + 1) & (slots.count - 1) }
        slots[index] = slot
    }
}
