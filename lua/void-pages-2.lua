--[[
Forgets every page of the product list, those too that are being read from MongoDB right now.

KEYS  1 pages, hash  2 generation
ARGV  1 a generation that never was before

Returns 1.
--]]
redis.call('UNLINK', KEYS[1])
redis.call('SET', KEYS[2], ARGV[1])
return 1
