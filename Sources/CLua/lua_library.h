// How functions of libraries written in Swift are entered from Lua: their errors name the place of the call, which only
// Lua's own macros and functions do just so, and those leave by longjmp.
#ifndef NEEDLETAIL_LUA_LIBRARY_H
#define NEEDLETAIL_LUA_LIBRARY_H

#include "lua_header.h"

/// What such a function returns besides the count of its results and `clua_raises`: the text on top of the stack is an
/// error that begins with the place of the call; or it is what is wrong with the argument `clua_bad_argument - result`.
enum { clua_raises_here = -2, clua_bad_argument = -1000 };

/// Calls the function of Swift's that is the first upvalue.
static inline int clua_enter_library(lua_State *state) {
    lua_CFunction function = (lua_CFunction)lua_touserdata(state, lua_upvalueindex(1));
    int results = function(state);
    if (results >= 0) return results;
    if (results == clua_raises) return lua_error(state);
    if (results == clua_raises_here) {
        luaL_where(state, 1);
        lua_insert(state, -2);
        lua_concat(state, 2);
        return lua_error(state);
    }
    return luaL_argerror(state, clua_bad_argument - results, lua_tostring(state, -1));
}

static inline void clua_push_library_function(lua_State *state, lua_CFunction function) {
    lua_pushlightuserdata(state, (void *)function);
    lua_pushcclosure(state, clua_enter_library, 1);
}

#endif
