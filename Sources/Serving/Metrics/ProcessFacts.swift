import Foundation

/// What the system knows of this process, by the names that Prometheus' own libraries use.
enum ProcessFacts {
    static func write(_ text: inout MetricsText, started: Double) {
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            let seconds = [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) / 1e6 }
            text.family("process_cpu_seconds_total", .counter, "User and system time.")
            text.sample(seconds[0] + seconds[1])
        }
        // Pages: the whole, the resident part, ...
        let pages = fields("/proc/self/statm").prefix(2).compactMap { Int($0) }
        if pages.count == 2 {
            let size = sysconf(Int32(_SC_PAGESIZE))
            text.single("process_virtual_memory_bytes", .gauge, pages[0] * size, "Virtual memory.")
            text.single("process_resident_memory_bytes", .gauge, pages[1] * size, "Resident memory.")
        }
        if let open = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count {
            text.single("process_open_fds", .gauge, open, "Open file descriptors.")
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            text.single("process_max_fds", .gauge, limit.rlim_cur, "File descriptors that may be open.")
        }
        if let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count {
            text.single("process_threads", .gauge, threads, "Threads.")
        }
        text.family("process_start_time_seconds", .gauge, "When the process started, in seconds since 1970.")
        text.sample(started)
    }

    private static func fields(_ path: String) -> [Substring] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split { $0 == " " || $0 == "\n" }
    }
}
