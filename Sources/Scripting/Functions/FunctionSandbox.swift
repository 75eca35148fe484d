// The sandbox of functions, in Lua itself: what libraries see while they are loaded, and what their functions see.
import Bytes
import CLua

extension ScriptMachine {
    /// Takes what the sandbox of scripts is made of off the stack.
    func prepareFunctions() {
        if state.load(ByteView(functionSandboxText), name: "@sandbox") != nil { fail() }
        state.insert(-2)
        if state.call(arguments: 1, results: 1) != nil { fail() }
        libraryLoader = state.keep()
    }
}

/// Returns the function that runs a library: it is called with the library's chunk and returns a list of what that has
/// registered (name, callback, flags, description), or nil and what went wrong.
private let functionSandboxText: StaticString = """
    local parts = ...
    local protect, world, handler = parts.protect, parts.world, parts.handler
    local setfenv, setmetatable, xpcall = parts.setfenv, parts.setmetatable, parts.xpcall
    local error, next, pairs, rawset, select, tostring, type = error, next, pairs, rawset, select, tostring, type
    local find, lower = string.find, string.lower

    local function nonexistent(_, name)
        error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
    end

    -- What functions see when they run.
    local commands = {}
    for name, content in next, parts.redis do commands[name] = content end
    commands.replicate_commands, commands.breakpoint, commands.debug = nil, nil, nil
    local running = {}
    for name, content in next, world do running[name] = content end
    running.redis = protect(commands)
    running.server = nil

    -- What libraries see while they are loaded.
    local registering
    local registration = {
        log = commands.log, LOG_DEBUG = commands.LOG_DEBUG, LOG_VERBOSE = commands.LOG_VERBOSE,
        LOG_NOTICE = commands.LOG_NOTICE, LOG_WARNING = commands.LOG_WARNING,
        REDIS_VERSION = commands.REDIS_VERSION, REDIS_VERSION_NUM = commands.REDIS_VERSION_NUM,
    }
    setmetatable(registration, {__index = nonexistent})
    setmetatable(running, {__index = nonexistent})
    local loading = setmetatable({redis = protect(registration)}, {__index = nonexistent})

    local behaviour = {
        __index = running,
        __newindex = function() error('Attempt to modify a readonly table', 2) end,
    }
    local globals = setmetatable({}, behaviour)
    parts.inside[globals] = running
    rawset(running, '_G', globals)
    rawset(running, 'loadstring', function(text, name)
        local chunk, failure = world.loadstring(text, name)
        if chunk then setfenv(chunk, globals) end
        return chunk, failure
    end)
    rawset(running, 'load', function(reader, name)
        local chunk, failure = world.load(reader, name)
        if chunk then setfenv(chunk, globals) end
        return chunk, failure
    end)

    local bits = {
        ['no-writes'] = 1, ['allow-oom'] = 2, ['allow-stale'] = 4, ['no-cluster'] = 8, ['allow-cross-slot-keys'] = 16,
    }

    local function text(value, complaint)
        if type(value) == 'number' then return tostring(value) end
        if type(value) ~= 'string' then error(complaint, 0) end
        return value
    end

    local function flags(list)
        if type(list) ~= 'table' then
            error('flags argument to redis.register_function must be a table representing function flags', 0)
        end
        local sum, seen, position = 0, {}, 1
        while list[position] ~= nil do
            local bit = type(list[position]) == 'string' and bits[lower(list[position])]
            if not bit then error('unknown flag given', 0) end
            if not seen[bit] then sum = sum + bit end
            seen[bit] = true
            position = position + 1
        end
        return sum
    end

    local function named(arguments)
        if type(arguments) ~= 'table' then
            error('calling redis.register_function with a single argument is only applicable to Lua table '
                .. '(representing named arguments).', 0)
        end
        local entry = {nil, nil, 0, false}
        for key, value in next, arguments do
            key = lower(text(key, 'named argument key given to redis.register_function is not a string'))
            if key == 'function_name' then
                entry[1] = text(value, 'function_name argument given to redis.register_function must be a string')
            elseif key == 'description' then
                entry[4] = text(value, 'description argument given to redis.register_function must be a string')
            elseif key == 'callback' then
                if type(value) ~= 'function' then
                    error('callback argument given to redis.register_function must be a function', 0)
                end
                entry[2] = value
            elseif key == 'flags' then
                entry[3] = flags(value)
            else
                error('unknown argument given to redis.register_function', 0)
            end
        end
        if not entry[1] then error('redis.register_function must get a function name argument', 0) end
        if not entry[2] then error('redis.register_function must get a callback argument', 0) end
        return entry
    end

    local function positional(name, callback)
        local name = text(name, 'first argument to redis.register_function must be a string')
        if type(callback) ~= 'function' then
            error('second argument to redis.register_function must be a function', 0)
        end
        return {name, callback, 0, false}
    end

    rawset(registration, 'register_function', function(...)
        if not registering then
            error('redis.register_function can only be called on FUNCTION LOAD command', 0)
        end
        local count = select('#', ...)
        if count < 1 or count > 2 then error('wrong number of arguments to redis.register_function', 0) end
        local entry = count == 1 and named(...) or count == 2 and positional(...)
        if not find(entry[1], '^[%w_]+$') then
            error('Library names can only contain letters, numbers, or underscores(_) and must be at least one '
                .. 'character long', 0)
        end
        for _, other in next, registering do
            if other[1] == entry[1] then error('Function already exists in the library', 0) end
        end
        registering[#registering + 1] = entry
    end)

    return function(chunk)
        registering = {}
        behaviour.__index = loading
        setfenv(chunk, globals)
        local succeeded, failure = xpcall(chunk, handler)
        behaviour.__index = running
        local registered = registering
        registering = nil
        if succeeded then return registered end
        return nil, failure.err
    end
    """
