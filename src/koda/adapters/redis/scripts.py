"""Lua scripts: what Redis does atomically."""

LOOK = """
local generation = redis.call('GET', KEYS[1])
if not generation then
    local now = redis.call('TIME')
    redis.call('SET', KEYS[1], string.format('%d%06d', now[1], now[2]))
    generation = redis.call('GET', KEYS[1])
elseif ARGV[1] == '1' then
    redis.call('INCR', KEYS[1])
    generation = redis.call('GET', KEYS[1])
end
local name = generation .. ':' .. ARGV[3]
local value = redis.call('GET', ARGV[2] .. ':' .. name)
if value then
    local now = redis.call('TIME')
    redis.call('ZADD', KEYS[2], 'XX', string.format('%d%06d', now[1], now[2]), name)
end
return {generation, value}
"""
"""Of a generation's key: its number, and the value kept under that, prefix and digest.

A value that is found was used now, which the second key says.

A first argument of 1 begins the next generation. A number that was lost begins anew with the
server's microseconds, so that no number ever comes back, nor what was kept under it.
"""

CLAIM = """
local value = redis.call('GET', KEYS[1])
if value then return value end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
return 0
"""
"""Of the keys of a value and of its lock: the value, or else 1 if the lock is the caller's now.

The arguments are the caller's token and the lock's milliseconds.
"""

KEEP = """
if redis.call('GET', KEYS[3]) == ARGV[4] then redis.call('DEL', KEYS[3]) end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return end

local uses, sizes, root, name = KEYS[4], KEYS[5], ARGV[5] .. ':', ARGV[6]
local size, room = tonumber(ARGV[7]), tonumber(ARGV[8])
local function forget(other)
    local freed = redis.call('HGET', sizes, other) or 0
    redis.call('DEL', root .. other)
    redis.call('ZREM', uses, other)
    redis.call('HDEL', sizes, other)
    return redis.call('HINCRBY', sizes, 'all', -freed)
end

if redis.call('HEXISTS', sizes, 'all') == 0 then
    for _, other in ipairs(redis.call('ZRANGE', uses, 0, -1)) do forget(other) end
end
local taken = forget(name)
while taken + size > room do
    local oldest = redis.call('ZRANGE', uses, 0, 0)[1]
    if not oldest then
        redis.call('DEL', sizes)
        break
    end
    taken = forget(oldest)
end

local now = redis.call('TIME')
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
redis.call('ZADD', uses, string.format('%d%06d', now[1], now[2]), name)
redis.call('HSET', sizes, name, size)
redis.call('HINCRBY', sizes, 'all', size)
redis.call('PEXPIRE', uses, 2 * ARGV[3])
redis.call('PEXPIRE', sizes, 2 * ARGV[3])
"""
"""Keep a value, unless its generation is over, and release its lock, if it is the caller's.

Those used longest ago make room. Of the keys of the generation, the value, its lock, when each was
used and how many bytes each and all take; the arguments are the generation, the value, its
milliseconds, the caller's token, what every key of a value begins with, what this one goes on with,
its bytes, and those that all may take. Where the server has lost one of the last two keys, the
values that the other one knows are forgotten.
"""

RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"
"""Release a lock if the token is the caller's."""
