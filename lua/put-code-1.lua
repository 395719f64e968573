--[[
Stores the digest of a one-time code and invalidates an earlier code.

KEYS  1 code
ARGV  1 digest  2 number of attempts  3 time to live, in milliseconds

Returns 1.
--]]
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'tries', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
