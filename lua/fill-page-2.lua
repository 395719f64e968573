--[[
Caches a page of the product list unless the list has changed since its generation was read. A page that was read from
MongoDB before a product was added or deleted must not be cached.

KEYS  1 pages, hash  2 generation
ARGV  1 generation as read before the read from MongoDB, '' for none  2 name of the page  3 page
      4 time to live of all pages from the first one on, in milliseconds  5 maximum number of pages

Returns 1, or 0 if the list has changed.
--]]
if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then
  return 0
end
-- Clients choose the names of pages. Too many names clear the hash instead of filling the memory.
if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then
  redis.call('UNLINK', KEYS[1])
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
if redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
return 1
