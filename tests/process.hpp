#pragma once

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sslslr::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int slowness = 5;  // factor of a program under a sanitizer
#else
constexpr int slowness = 1;
#endif

/// How a command ended.
struct Outcome {
    int exit_code;
    std::string output;  ///< of both streams
    double seconds;      ///< since its first output

    bool says(const std::string& text) const { return output.find(text) != std::string::npos; }
    /// Number of times that a text occurs in the output.
    int count(const std::string& text) const {
        int times = 0;
        for (auto at = output.find(text); at != std::string::npos; at = output.find(text, at + 1)) {
            ++times;
        }
        return times;
    }
};

/// Runs a shell command for at most 200 seconds, or five times as long under sanitizers. The exit code is 124
/// or 137 if that time is up.
/// @param on_output  called with the whole output so far whenever there is more
inline Outcome run(const std::string& command,
                   const std::function<void(const std::string&)>& on_output = {}) {
    using Clock = std::chrono::steady_clock;
    constexpr int limit = 200;
    Outcome outcome{};
    std::FILE* pipe = popen(fmt::format("timeout -k 1 {} {} 2>&1", slowness * limit, command).c_str(), "r");
    auto start = Clock::now();
    std::array<char, 4096> part{};
    while (const auto length = read(fileno(pipe), part.data(), part.size())) {
        start = outcome.output.empty() ? Clock::now() : start;
        outcome.output.append(part.data(), static_cast<std::size_t>(length));
        if (on_output) {
            on_output(outcome.output);
        }
    }
    const int status = pclose(pipe);
    outcome.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    outcome.seconds = std::chrono::duration<double>{Clock::now() - start}.count();
    return outcome;
}

}  // namespace sslslr::test
