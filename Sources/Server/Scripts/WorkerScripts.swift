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
    let machine = ScriptMachine()
    /// The running script was called by a command that only reads.
    var readsOnly = false
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
        if let found = names.find(name.first, where: { $0.name == name }) { return found }
        guard let script = store.find(name) else { return nil }
        let found = KnownScript(script)
        known.append(found)
        names.insert(name.first, found)
        texts.insert(WorkerScripts.hash(script.text), found)
        return found
    }

    /// The same by the text of a script that this worker knows already, without its digest.
    func find(text: ByteView, in store: ScriptStore) -> KnownScript? {
        if machine.isRunning { return nil }
        forgetOld(store)
        return texts.find(KeyHash.hash(text, seed: 0)) { script in
            script.text.count == text.count && ByteView.withView(script.text) { $0 == text }
        }
    }

    private static func hash(_ text: [UInt8]) -> UInt64 { ByteView.withView(text) { KeyHash.hash($0, seed: 0) } }

    /// The function of a script that is known, compiled when it is first asked for.
    func compiled(_ found: KnownScript) throws(ScriptFailure) -> CompiledScript {
        if let compiled = found.compiled { return compiled }
        let text = found.script.text
        let compiled = try ByteView.withView(text) { (view) throws(ScriptFailure) in try machine.compile(view) }
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

/// Scripts by a number that is as good as random; open addressing, at most half full.
private struct ScriptIndex {
    private struct Slot {
        var key: UInt64
        unowned(unsafe) var script: KnownScript?
    }

    private var slots = [Slot](repeating: Slot(key: 0, script: nil), count: 16)
    private var count = 0

    func find(_ key: UInt64, where matches: (Script) -> Bool) -> KnownScript? {
        var place = Int(truncatingIfNeeded: key) & (slots.count - 1)
        while let found = unsafe slots[place].script {
            if slots[place].key == key && matches(found.script) { return found }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds a script, which the caller keeps alive.
    mutating func insert(_ key: UInt64, _ script: KnownScript) {
        if count * 2 >= slots.count {
            let old = slots
            slots = [Slot](repeating: Slot(key: 0, script: nil), count: old.count * 2)
            for slot in old { if let script = unsafe slot.script { place(slot.key, script) } }
        }
        place(key, script)
        count += 1
    }

    private mutating func place(_ key: UInt64, _ script: KnownScript) {
        var place = Int(truncatingIfNeeded: key) & (slots.count - 1)
        while unsafe slots[place].script != nil { place = (place + 1) & (slots.count - 1) }
        slots[place] = Slot(key: key, script: script)
    }
}
