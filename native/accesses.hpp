// What g++ calls at every access of a kernel under -fsanitize=thread. A listener that wants to know of them defines
//   void sim::touched(void* p, size_t bytes, bool writes, void* code)
// in front of including this, once.
#pragma once

#define ACCESS(name, bytes, writes)                                                                       \
    void __tsan_##name(void* p) { sim::touched(p, bytes, writes, __builtin_return_address(0)); }
#define TOUCH(bytes)                                                                                      \
    ACCESS(read##bytes, bytes, false)                                                                     \
    ACCESS(write##bytes, bytes, true)                                                                     \
    ACCESS(unaligned_read##bytes, bytes, false)                                                           \
    ACCESS(unaligned_write##bytes, bytes, true)

extern "C" {

void __tsan_read_range(void* p, unsigned long n) { sim::touched(p, n, false, __builtin_return_address(0)); }
void __tsan_write_range(void* p, unsigned long n) { sim::touched(p, n, true, __builtin_return_address(0)); }
TOUCH(1)
TOUCH(2)
TOUCH(4)
TOUCH(8)
TOUCH(16)

}  // extern "C"
