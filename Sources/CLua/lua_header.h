// Lua 5.1 as Debian's liblua5.1-0-dev installs it, and what Swift cannot do itself: the library's macros, and raising an
// error, which leaves by longjmp and must not pass a Swift frame.
#ifndef NEEDLETAIL_LUA_HEADER_H
#define NEEDLETAIL_LUA_HEADER_H

#include <lua5.1/lua.h>
#include <lua5.1/lauxlib.h>
#include <lua5.1/lualib.h>

static inline void clua_pop(lua_State *state, int count) { lua_settop(state, -count - 1); }
static inline void clua_new_table(lua_State *state, int elements, int fields) {
    lua_createtable(state, elements, fields);
}
static inline void clua_set_registry(lua_State *state, const char *name) {
    lua_setfield(state, LUA_REGISTRYINDEX, name);
}
static inline void clua_get_registry(lua_State *state, const char *name) {
    lua_getfield(state, LUA_REGISTRYINDEX, name);
}
static inline void clua_get_reference(lua_State *state, int reference) {
    lua_rawgeti(state, LUA_REGISTRYINDEX, reference);
}
static inline int clua_make_reference(lua_State *state) { return luaL_ref(state, LUA_REGISTRYINDEX); }
static inline void clua_drop_reference(lua_State *state, int reference) {
    luaL_unref(state, LUA_REGISTRYINDEX, reference);
}

/// What a function of Swift's returns: how many results it has pushed; or `clua_raises`, and the error object is on top.
enum { clua_raises = -1 };

/// Calls the function of Swift's that is the first upvalue. The second one is for that function's own use.
static inline int clua_enter(lua_State *state) {
    lua_CFunction function = (lua_CFunction)lua_touserdata(state, lua_upvalueindex(1));
    int results = function(state);
    return results == clua_raises ? lua_error(state) : results;
}

/// Pushes a function that calls `function`, which finds `owner` by `clua_owner`.
static inline void clua_push_function(lua_State *state, lua_CFunction function, void *owner) {
    lua_pushlightuserdata(state, (void *)function);
    lua_pushlightuserdata(state, owner);
    lua_pushcclosure(state, clua_enter, 2);
}

static inline void *clua_owner(lua_State *state) { return lua_touserdata(state, lua_upvalueindex(2)); }

/// Asked every so many instructions: 0 to go on, 1 to end the script with the error on top of the stack.
typedef int (*clua_question)(lua_State *state);

static inline clua_question *clua_question_place(lua_State *state) {
    static char key;
    lua_pushlightuserdata(state, &key);
    lua_rawget(state, LUA_REGISTRYINDEX);
    clua_question *place = (clua_question *)lua_touserdata(state, -1);
    lua_settop(state, -2);
    if (place == NULL) {
        lua_pushlightuserdata(state, &key);
        place = (clua_question *)lua_newuserdata(state, sizeof(clua_question));
        lua_rawset(state, LUA_REGISTRYINDEX);
    }
    return place;
}

static inline void clua_ask(lua_State *state, lua_Debug *record) {
    (void)record;
    if ((*clua_question_place(state))(state)) lua_error(state);
}

/// Has `question` asked every `instructions` instructions; 1: at every line, too, so that no protected call goes on.
static inline void clua_set_question(lua_State *state, clua_question question, int instructions) {
    *clua_question_place(state) = question;
    lua_sethook(state, clua_ask, instructions == 1 ? LUA_MASKLINE | LUA_MASKCOUNT : LUA_MASKCOUNT, instructions);
}

/// Where the function at `level` of the call stack was defined and which line of it is running; 0 if there is none.
static inline int clua_where(lua_State *state, int level, const char **source, int *line) {
    static _Thread_local lua_Debug record;
    if (!lua_getstack(state, level, &record) || !lua_getinfo(state, "Sl", &record)) return 0;
    *source = record.source;
    *line = record.currentline;
    return 1;
}

#endif
