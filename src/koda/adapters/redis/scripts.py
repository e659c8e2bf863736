"""What Redis does in one step, since nobody may come between."""

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
return {generation, redis.call('GET', ARGV[2] .. ':' .. generation .. ':' .. ARGV[3])}
"""
"""Of a generation's key: its number, and the value kept under that, prefix and digest.

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
if redis.call('GET', KEYS[1]) == ARGV[1] then
    redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
end
if redis.call('GET', KEYS[3]) == ARGV[4] then redis.call('DEL', KEYS[3]) end
"""
"""Keep a value, unless its generation is over, and release its lock, if it is the caller's.

Of the keys of the generation, the value and its lock; the arguments are the generation, the value,
its milliseconds and the caller's token.
"""

RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end"
"""Release a lock if the token is the caller's."""
