// Hides AVX-512, AMX and what came with them from a program that asks the processor what it has: libraries that choose their
// kernels by CPUID then take those for AVX2. For comparisons only; works where the kernel can make CPUID fault (flag
// cpuid_fault in /proc/cpuinfo).
//
//     cc -shared -fPIC -O2 -o hide_avx512.so hide_avx512.c && LD_PRELOAD=./hide_avx512.so program
#define _GNU_SOURCE
#include <cpuid.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

enum { ARCH_CPUID_SET = 0x1012 };

static void let_cpuid_fault(int faults) { syscall(SYS_arch_prctl, ARCH_CPUID_SET, !faults); }

static unsigned without(unsigned value, const int *bits, size_t count) {
    for (size_t i = 0; i < count; i++) value &= ~(1u << bits[i]);
    return value;
}

// Leaf 7: F, DQ, IFMA, PF, ER, CD, BW, VL; VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ; 4VNNIW, 4FMAPS, VP2INTERSECT, AMX-BF16,
// FP16, AMX-TILE, AMX-INT8. Its second part: AVX-VNNI, BF16, AMX-FP16.
static const int EBX[] = {16, 17, 21, 26, 27, 28, 30, 31}, ECX[] = {1, 6, 11, 12, 14}, EDX[] = {2, 3, 8, 22, 23, 24, 25};
static const int EAX_1[] = {4, 5, 21};
#define WITHOUT(value, bits) without(value, bits, sizeof(bits) / sizeof(bits[0]))

static void answer(int signal_number, siginfo_t *info, void *context) {
    (void)info;
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *instruction = (const unsigned char *)r[REG_RIP];
    if (instruction[0] != 0x0f || instruction[1] != 0xa2) {
        // A fault of the program's own.
        signal(signal_number, SIG_DFL);
        raise(signal_number);
        return;
    }
    unsigned leaf = (unsigned)r[REG_RAX], part = (unsigned)r[REG_RCX], eax, ebx, ecx, edx;
    let_cpuid_fault(0);
    __cpuid_count(leaf, part, eax, ebx, ecx, edx);
    let_cpuid_fault(1);
    if (leaf == 7 && part == 0) {
        ebx = WITHOUT(ebx, EBX);
        ecx = WITHOUT(ecx, ECX);
        edx = WITHOUT(edx, EDX);
    } else if (leaf == 7 && part == 1) {
        eax = WITHOUT(eax, EAX_1);
    }
    r[REG_RAX] = eax;
    r[REG_RBX] = ebx;
    r[REG_RCX] = ecx;
    r[REG_RDX] = edx;
    r[REG_RIP] += 2;
}

__attribute__((constructor)) static void begin(void) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = answer;
    action.sa_flags = SA_SIGINFO | SA_NODEFER;
    sigaction(SIGSEGV, &action, NULL);
    if (syscall(SYS_arch_prctl, ARCH_CPUID_SET, 0) != 0) {
        fputs("hide_avx512: this kernel cannot make CPUID fault\n", stderr);
        exit(1);
    }
}
