#pragma once

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace sslslr::test {

/// A process of the program that a test can stop, kill and wait for. Killed at the end.
class WorkerProcess {
public:
    explicit WorkerProcess(const std::vector<std::string>& command) : command_{command} { start(); }
    ~WorkerProcess() {
        if (is_running()) {
            send(SIGKILL);
            wait();
        }
    }
    WorkerProcess(const WorkerProcess&) = delete;
    WorkerProcess& operator=(const WorkerProcess&) = delete;

    void start() {
        std::vector<char*> arguments;
        for (auto& word : command_) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        pid_ = fork();
        if (pid_ == 0) {
            const int nowhere = open("/dev/null", O_RDWR);
            dup2(nowhere, STDOUT_FILENO);
            execvp(arguments[0], arguments.data());
            _exit(127);
        }
    }
    pid_t pid() const { return pid_; }
    void send(int signal) const { kill(pid_, signal); }
    void kill_and_restart() {
        send(SIGKILL);
        wait();
        start();
    }
    /// Whether it is still running; if not, wait() returns its exit code at once.
    bool is_running() {
        int status = 0;
        if (pid_ > 0 && waitpid(pid_, &status, WNOHANG) == pid_) {
            ended(status);
        }
        return pid_ > 0;
    }
    int wait() {
        int status = 0;
        while (pid_ > 0 && waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        if (pid_ > 0) {
            ended(status);
        }
        return exit_code_;
    }

private:
    void ended(int status) {
        pid_ = -1;
        exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    std::vector<std::string> command_;
    pid_t pid_ = -1;
    int exit_code_ = -1;
};

}  // namespace sslslr::test
