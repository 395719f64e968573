--[[
Invalidates all cached pages of the product list, including those that are being read from MongoDB at the moment.

KEYS  1 pages, hash  2 generation
ARGV  1 a new, unique generation

Returns 1.
--]]
redis.call('UNLINK', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1])
return 1
