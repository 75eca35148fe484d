// The world as scripts see it: Lua's libraries without what reaches outside, and the `redis` table.
import Bytes
import CLua
import RESP

/// Where the registry keeps the machine that a state belongs to.
private let ownerName: StaticString = "needletail.machine"

extension ScriptMachine {
    /// The machine of the state, also from within a hook or a coroutine.
    static func running(_ pointer: OpaquePointer) -> ScriptMachine? {
        unsafe clua_get_registry(
            pointer, UnsafeRawPointer(ownerName.utf8Start).assumingMemoryBound(to: CChar.self))
        defer { unsafe clua_pop(pointer, 1) }
        guard let owner = unsafe lua_touserdata(pointer, -1) else { return nil }
        return unsafe Unmanaged<ScriptMachine>.fromOpaque(owner).takeUnretainedValue()
    }

    /// Opens the libraries and builds the sandbox in Lua itself; leaves the two kept functions behind.
    func prepareSandbox(_ version: StaticString) {
        let owner = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe lua_pushlightuserdata(state.pointer, owner)
        unsafe clua_set_registry(
            state.pointer, UnsafeRawPointer(ownerName.utf8Start).assumingMemoryBound(to: CChar.self))
        unsafe luaL_openlibs(state.pointer)
        unsafe clua_guard_globals(state.pointer)
        if state.load(ByteView(sandboxText), name: "@sandbox") != nil { fail() }
        state.pushTable(fields: 16)
        unsafe add("call", callFromLua)
        unsafe add("pcall", protectedCallFromLua)
        unsafe add("log", logFromLua)
        unsafe add("sha1hex", digestFromLua)
        unsafe add("setresp", setProtocolFromLua)
        unsafe add("acl_check_cmd", checkCommandFromLua)
        unsafe add("set_repl", setReplicationFromLua)
        state.push(version)
        state.setField("version", of: -2)
        // Two hexadecimal digits each: 7.2.4 is 0x00070204.
        let numbers = "\(version)".split(separator: ".").map { Int($0) ?? 0 }
        state.push(Double(numbers.reduce(0) { $0 << 8 | $1 }))
        state.setField("version_number", of: -2)
        MessagePackLibrary.push(on: state)
        state.setField("cmsgpack", of: -2)
        BitLibrary.push(on: state)
        state.setField("bit", of: -2)
        StructLibrary.push(on: state)
        state.setField("struct", of: -2)
        unsafe clua_push_json_guard(state.pointer)
        state.setField("guard_json", of: -2)
        if state.call(arguments: 1, results: 3) != nil { fail() }
        prepareFunctions()
        setParameters = state.keep()
        errorHandler = state.keep()
    }

    private func add(_ name: StaticString, _ function: @escaping @convention(c) (OpaquePointer?) -> Int32) {
        unsafe clua_push_function(state.pointer, function, Unmanaged.passUnretained(self).toOpaque())
        state.setField(name, of: -2)
    }

    func fail() -> Never { fatalError("the sandbox of scripts does not run: \(state.bytes(-1).string)") }
}

/// Called with a table of the functions below; returns the handler of errors and the function that sets KEYS and ARGV.
/// Nothing of a script's outlives it: what all scripts share stands behind proxies that refuse to be written.
private let sandboxText: StaticString = """
    local host = ...
    local getinfo, real_next, real_rawset, real_rawget, real_setmetatable, real_getmetatable, real_type, real_error,
        real_tostring = debug.getinfo, next, rawset, rawget, setmetatable, getmetatable, type, error, tostring
    local readonly = 'Attempt to modify a readonly table'
    local inside = real_setmetatable({}, {__mode = 'k'})

    -- A table that shows another one and cannot be written.
    local function protect(content)
        local proxy = {}
        inside[proxy] = content
        return real_setmetatable(proxy, {
            __index = content,
            __newindex = function() real_error(readonly, 2) end,
        })
    end

    -- What all scripts share is shown, not given: the metatables of texts and of protected tables, too.
    local proxies = {}
    local function shown(meta)
        if not proxies[meta] then proxies[meta] = protect(meta) end
        return proxies[meta]
    end

    local library = {bit = host.bit, cmsgpack = host.cmsgpack, struct = host.struct}
    local found, json = pcall(require, 'cjson')
    if found then library.cjson = host.guard_json(json) end

    local world = {
        _VERSION = _VERSION, assert = assert, collectgarbage = collectgarbage, error = error, gcinfo = gcinfo,
        ipairs = ipairs, pcall = pcall, rawequal = rawequal, select = select, tonumber = tonumber,
        tostring = tostring, type = type, unpack = unpack, xpcall = xpcall,
        rawget = function(content, key) return real_rawget(inside[content] or content, key) end,
        getmetatable = function(content)
            local behind = inside[content]
            local meta = real_getmetatable(behind or content)
            if meta and (behind or real_type(content) ~= 'table') then return shown(meta) end
            return meta
        end,
        rawset = function(content, key, value)
            if inside[content] then real_error(readonly, 0) end
            return real_rawset(content, key, value)
        end,
        setmetatable = function(content, meta)
            if inside[content] then real_error(readonly, 0) end
            return real_setmetatable(content, meta)
        end,
        next = function(content, key) return real_next(inside[content] or content, key) end,
        pairs = function(content)
            local behind = inside[content]
            if not behind then return real_next, content, nil end
            return function(_, key) return real_next(behind, key) end, content, nil
        end,
    }

    for _, name in ipairs({'coroutine', 'math', 'string', 'table'}) do world[name] = protect(_G[name]) end
    for name, content in pairs(library) do world[name] = protect(content) end
    real_getmetatable('').__index = world.string

    -- What a protected call returns: of an error object its text.
    local function outcome(succeeded, ...)
        if succeeded then return true, ... end
        local failure = ...
        if real_type(failure) == 'table' and real_type(real_rawget(failure, 'err')) == 'string' then
            return false, real_rawget(failure, 'err')
        end
        return false, ...
    end
    local real_pcall = pcall
    world.pcall = function(...) return outcome(real_pcall(...)) end

    string.dump = nil

    -- A reply with one field, made of the only argument, a text.
    local function reply(count, text, field)
        if count ~= 1 or real_type(text) ~= 'string' then
            return {err = 'ERR wrong number or type of arguments'}
        end
        return {[field] = text}
    end

    local redis = {
        status_reply = function(...) return reply(select('#', ...), (...), 'ok') end,
        error_reply = function(...)
            local made = reply(select('#', ...), (...), 'err')
            local text = made.err
            if text:sub(1, 1) == '-' then
                made.err = text:sub(2)
            elseif not text:find(' ', 1, true) then
                made.err = 'ERR ' .. text
            end
            return made
        end,
        set_repl = host.set_repl,
        replicate_commands = function() return true end,
        breakpoint = function() return false end,
        debug = function() end,
        acl_check_cmd = host.acl_check_cmd,
        call = host.call, pcall = host.pcall, log = host.log, sha1hex = host.sha1hex, setresp = host.setresp,
        LOG_DEBUG = 0, LOG_VERBOSE = 1, LOG_NOTICE = 2, LOG_WARNING = 3,
        REPL_NONE = 0, REPL_AOF = 1, REPL_SLAVE = 2, REPL_REPLICA = 2, REPL_ALL = 3,
        REDIS_VERSION = host.version, REDIS_VERSION_NUM = host.version_number,
    }
    world.redis = protect(redis)
    world.server = world.redis

    real_setmetatable(world, {
        __index = function(_, name)
            real_error("Script attempted to access nonexistent global variable '" .. real_tostring(name) .. "'", 2)
        end,
    })
    local globals = protect(world)
    real_rawset(world, '_G', globals)
    local real_loadstring, real_load, real_setfenv = loadstring, load, setfenv
    real_rawset(world, 'loadstring', function(text, name)
        if real_type(text) == 'string' and text:byte(1) == 27 then return nil, 'binary chunks are not loaded' end
        local chunk, failure = real_loadstring(text, name)
        if chunk then real_setfenv(chunk, globals) end
        return chunk, failure
    end)
    real_rawset(world, 'load', function(reader, name)
        local text = ''
        while true do
            local piece = reader()
            if piece == nil or piece == '' then break end
            text = text .. piece
        end
        return world.loadstring(text, name or '=(load)')
    end)
    real_setfenv(0, globals)

    local function handler(failure)
        -- Where the script itself was: neither in a function of C nor in the sandbox.
        local level = 2
        local place = getinfo(level, 'Sl')
        while place and (place.what == 'C' or place.currentline < 0 or place.source == '@sandbox') do
            level = level + 1
            place = getinfo(level, 'Sl')
        end
        if real_type(failure) ~= 'table' then failure = {err = 'ERR ' .. real_tostring(failure)} end
        if place and failure.source == nil then
            failure.source = place.source
            failure.line = place.currentline
        end
        return failure
    end

    return handler, function(keys, arguments)
        real_rawset(world, 'KEYS', keys)
        real_rawset(world, 'ARGV', arguments)
    end, {
        protect = protect, inside = inside, world = world, redis = redis, handler = handler, setfenv = real_setfenv,
        setmetatable = real_setmetatable, xpcall = xpcall,
    }
    """
