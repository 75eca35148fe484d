// What a script could end the process with, in the packaged Lua and its cjson: functions that count in ints or that go as
// deep as their arguments are long. They are entered through these, which measure first, in the same frame of Lua's: what
// the originals raise and return is their own.
#ifndef NEEDLETAIL_LUA_GUARDS_H
#define NEEDLETAIL_LUA_GUARDS_H

#include "lua_header.h"

/// Pushes the function `guard`, of which the second upvalue is the C function on top of the stack, and the first one that
/// function's own. Takes the place of the original.
static inline void clua_guard(lua_State *state, lua_CFunction guard) {
    lua_CFunction original = lua_tocfunction(state, -1);
    if (lua_getupvalue(state, -1, 1) == NULL) lua_pushnil(state);
    lua_pushlightuserdata(state, (void *)original);
    lua_pushcclosure(state, guard, 2);
    lua_replace(state, -2);
}

static inline lua_CFunction clua_guarded(lua_State *state) {
    return (lua_CFunction)lua_touserdata(state, lua_upvalueindex(2));
}

/// Guards the field of the table on top of the stack, if that is a C function.
static inline void clua_guard_field(lua_State *state, const char *name, lua_CFunction guard) {
    lua_getfield(state, -1, name);
    if (lua_iscfunction(state, -1)) {
        clua_guard(state, guard);
        lua_setfield(state, -2, name);
    } else {
        lua_pop(state, 1);
    }
}

// MARK: - unpack

/// unpack(table [, from [, to]]): the original computes the number of values in an int.
static inline int clua_guarded_unpack(lua_State *state) {
    lua_Number from = lua_isnoneornil(state, 2) ? 1 : lua_tonumber(state, 2);
    lua_Number to = lua_isnoneornil(state, 3) ? 0 : lua_tonumber(state, 3);
    if (to - from >= 1e6) return luaL_error(state, "too many results to unpack");
    return clua_guarded(state)(state);
}

// MARK: - Patterns

/// Each of these in a pattern is a call within a call.
#define CLUA_PATTERN_DEPTH 5000

/// match, gmatch, gsub: text, pattern, …
static inline int clua_guarded_pattern(lua_State *state) {
    if (lua_type(state, 2) == LUA_TSTRING) {
        size_t length, index, depth = 0;
        const char *pattern = lua_tolstring(state, 2, &length);
        for (index = 0; index < length && length > CLUA_PATTERN_DEPTH; index++) {
            char byte = pattern[index];
            depth += byte == '*' || byte == '+' || byte == '-' || byte == '?' || byte == '(' || byte == ')';
        }
        if (depth > CLUA_PATTERN_DEPTH) return luaL_error(state, "pattern too complex");
    }
    return clua_guarded(state)(state);
}

/// find, whose fourth argument says that the pattern is a text like any other.
static inline int clua_guarded_find(lua_State *state) {
    return lua_toboolean(state, 4) ? clua_guarded(state)(state) : clua_guarded_pattern(state);
}

// MARK: - cjson

/// Half of what an int holds, as its buffer doubles: bytes.
#define CLUA_JSON_LIMIT (1.0 * (1 << 30) - 4096)

/// Takes from `left` what the value on top of the stack can become at most; false: that was too much.
static inline int clua_json_fits(lua_State *state, double *left) {
    switch (lua_type(state, -1)) {
    case LUA_TSTRING:
        // Six for each byte that is escaped, as the library makes room for.
        *left -= 8 + 6.0 * lua_objlen(state, -1);
        break;
    case LUA_TTABLE: {
        double greatest = 0;
        *left -= 8;
        // Deeper than Lua's stack the library refuses to go itself.
        if (*left < 0 || !lua_checkstack(state, 4)) break;
        lua_pushnil(state);
        while (lua_next(state, -2) != 0) {
            int fits = clua_json_fits(state, left);
            lua_pop(state, 1);
            if (lua_type(state, -1) == LUA_TSTRING) *left -= 8 + 6.0 * lua_objlen(state, -1);
            else *left -= 40;
            if (lua_type(state, -1) == LUA_TNUMBER && lua_tonumber(state, -1) > greatest)
                greatest = lua_tonumber(state, -1);
            if (!fits || *left < 0) {
                lua_pop(state, 1);
                return 0;
            }
        }
        // An array with holes is written with a null in each, if the script has asked for that.
        *left -= 8 * greatest;
        break;
    }
    default: *left -= 40;
    }
    return *left >= 0;
}

static inline int clua_json_encode(lua_State *state) {
    double left = CLUA_JSON_LIMIT;
    if (lua_gettop(state) == 1 && !clua_json_fits(state, &left))
        return luaL_error(state, "Cannot serialise: the text could become larger than 1 GB");
    return clua_guarded(state)(state);
}

static inline int clua_json_decode(lua_State *state) {
    if (lua_type(state, 1) == LUA_TSTRING && lua_objlen(state, 1) > CLUA_JSON_LIMIT)
        return luaL_error(state, "Cannot parse: the text is larger than 1 GB");
    return clua_guarded(state)(state);
}

static inline void clua_json_guard(lua_State *state);

/// cjson.new, which makes the whole library once more.
static inline int clua_json_new(lua_State *state) {
    int results = clua_guarded(state)(state);
    if (results > 0) clua_json_guard(state);
    return results;
}

/// Guards the functions in the table of the library, which is on top of the stack.
static inline void clua_json_guard(lua_State *state) {
    clua_guard_field(state, "encode", clua_json_encode);
    clua_guard_field(state, "decode", clua_json_decode);
    clua_guard_field(state, "new", clua_json_new);
}

/// Guards what Lua and cjson have put into the table of globals. Once, before anything of the script's runs.
static inline void clua_guard_globals(lua_State *state) {
    lua_pushvalue(state, LUA_GLOBALSINDEX);
    clua_guard_field(state, "unpack", clua_guarded_unpack);
    lua_getfield(state, -1, "string");
    clua_guard_field(state, "find", clua_guarded_find);
    clua_guard_field(state, "match", clua_guarded_pattern);
    clua_guard_field(state, "gmatch", clua_guarded_pattern);
    clua_guard_field(state, "gsub", clua_guarded_pattern);
    lua_pop(state, 2);
}

static inline int clua_json_guard_function(lua_State *state) {
    clua_json_guard(state);
    return 1;
}

/// Pushes a function of Lua's that guards the library that it is given, and returns it.
static inline void clua_push_json_guard(lua_State *state) { lua_pushcclosure(state, clua_json_guard_function, 0); }

#endif
