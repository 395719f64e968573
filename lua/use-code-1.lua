--[[
Checks and consumes a one-time code atomically, so that concurrent attempts are all counted.

KEYS  1 code
ARGV  1 digest of the entered code

Returns a list, first the code:
  RIGHT    the code was correct and is consumed
  WRONG    attempts left; at 0 the code is invalid
  MISSING  there is no code: never sent, expired, used, or replaced
--]]
local digest = redis.call('HGET', KEYS[1], 'digest')
if not digest then
  return {'MISSING'}
end
if digest == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return {'RIGHT'}
end
local attemptsLeft = redis.call('HINCRBY', KEYS[1], 'tries', -1)
if attemptsLeft <= 0 then
  redis.call('DEL', KEYS[1])
end
return {'WRONG', attemptsLeft}
