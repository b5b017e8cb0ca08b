#include "dist/heartbeat.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <type_traits>
#include <utility>

#include <unistd.h>

#include "dist/mpi_session.hpp"

namespace sslslr::dist {
namespace {

constexpr auto turn = std::chrono::milliseconds{250};
constexpr auto pause_at_the_end = std::chrono::milliseconds{1};
constexpr auto longest_goodbye = std::chrono::seconds{1};  // to all ranks together
constexpr auto longest_turn = std::chrono::seconds{1};     // a longer one means that this process was stopped
constexpr int turns_of_silence = 20;                       // 5 s: half the time in which a job has to end
constexpr int turns_between_witnesses = 4;
constexpr std::size_t most_named = 4;
constexpr int exit_code = 4;  // a rank failed or hung

const pid_t parent_at_start = getppid();  // read early: the parent may die later

/// Names the host and pid namespace, within which kill() can check whether a process is alive.
std::string place_of_this_process() {
    char space[64] = {};
    if (readlink("/proc/self/ns/pid", space, sizeof space - 1) < 0) {
        return "";
    }
    return host_of_this_process() + " " + space;
}

/// Returns whether a process on this node is gone. Zombies count as gone.
bool is_gone(int pid) {
    if (kill(pid, 0) != 0) {
        return errno == ESRCH;
    }
    std::ifstream file{"/proc/" + std::to_string(pid) + "/stat"};
    std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto behind_name = text.rfind(") ");
    return behind_name != std::string::npos && text[behind_name + 2] == 'Z';
}

}  // namespace

Heartbeat::Heartbeat(const Communicator& ranks, std::chrono::milliseconds hang_timeout)
    : ranks_{ranks.duplicate()},
      hang_timeout_{hang_timeout},
      launcher_{std::getenv("OMPI_COMM_WORLD_SIZE") == nullptr ? 0 : parent_at_start},
      peers_{std::make_unique<std::vector<Peer>>(static_cast<std::size_t>(ranks.size()))} {
    static_assert(std::is_trivially_copyable_v<Beat> && sizeof(Beat) == 64);
    const auto names = ranks_.all_gather(name_of_this_process(ranks_.rank()));
    const auto places = ranks_.all_gather(place_of_this_process());
    const auto pids = ranks_.all_gather(std::to_string(getpid()));
    const auto& here = places[static_cast<std::size_t>(ranks_.rank())];
    for (std::size_t rank = 0; rank < peers_->size(); ++rank) {
        auto& peer = (*peers_)[rank];
        peer.name = names[rank];
        peer.local_pid = !here.empty() && places[rank] == here ? std::stoi(pids[rank]) : 0;
    }
    if ((ranks_.size() > 1 || launcher_ != 0) && hang_timeout_.count() > 0) {
        thread_ = std::thread{[this] { run(); }};
    }
}

Heartbeat::~Heartbeat() {
    if (!thread_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock{mutex_};
        ending_ = std::uncaught_exceptions() > 0 ? Ending::alone : Ending::together;
    }
    changed_.notify_one();
    thread_.join();
    const bool all_sent =
        std::ranges::all_of(*peers_, [](const Peer& peer) { return peer.sending == MPI_REQUEST_NULL; });
    if (!all_sent) {
        static_cast<void>(peers_.release());  // MPI may still read what a lost rank has not received
    }
}

void Heartbeat::run() {
    try {
        turned_ = std::chrono::steady_clock::now();
        bool has_left = false;
        for (std::unique_lock lock{mutex_}; !has_left || !(ending_ == Ending::alone || all_have_left());) {
            const bool leaves = ending_ != Ending::none;
            lock.unlock();
            end_if_the_launcher_has();
            if (!has_left) {
                send(leaves);
                has_left = leaves;
            }
            receive();
            look_for_the_dead();
            if (ranks_.rank() == 0 && ranks_.size() > 1 && !leaves) {
                look_for_hangs();
            }
            lock.lock();
            // No rank may free the communicator before it has received everything sent to it: Open MPI would
            // deliver the remaining messages to a later communicator with the same id.
            changed_.wait_for(lock, has_left ? pause_at_the_end : turn,
                              [&] { return !has_left && ending_ != Ending::none; });
        }
    } catch (const std::exception& error) {
        end_job(name_of_this_process(ranks_.rank()) + " cannot send heartbeats: " + error.what());
    }
}

Heartbeat::Beat Heartbeat::own_beat() {
    Beat beat;
    // Read before the activity, or a long wait from before progress was expected could count as a hang.
    beat.progress_expected = progress_expected_;
    beat.activity = current_activity();
    const auto now = std::chrono::steady_clock::now();
    if (const auto since = now - std::exchange(turned_, now); since > longest_turn) {
        leave_out(since);
        beat.activity = current_activity();
    }
    return beat;
}

bool Heartbeat::all_have_left() const {
    for (int rank = 0; rank < ranks_.size(); ++rank) {
        if (watches(rank) && !(*peers_)[static_cast<std::size_t>(rank)].last.leaves) {
            return false;
        }
    }
    return true;
}

void Heartbeat::send(bool leaves) {
    auto beat = own_beat();
    beat.leaves = leaves;
    const auto end = std::chrono::steady_clock::now() + longest_goodbye;
    for (int rank = 0; rank < ranks_.size(); ++rank) {
        auto& peer = (*peers_)[static_cast<std::size_t>(rank)];
        if (!watches(rank)) {
            continue;
        }
        int is_sent = 0;
        check(MPI_Test(&peer.sending, &is_sent, MPI_STATUS_IGNORE), "MPI_Test");
        while (is_sent == 0 && leaves && std::chrono::steady_clock::now() < end) {
            std::this_thread::sleep_for(std::chrono::milliseconds{1});
            check(MPI_Test(&peer.sending, &is_sent, MPI_STATUS_IGNORE), "MPI_Test");
        }
        if (is_sent == 0) {
            continue;  // this rank receives nothing: it will be found silent
        }
        peer.outgoing = beat;
        check(MPI_Isend(&peer.outgoing, sizeof peer.outgoing, MPI_BYTE, rank, 0, ranks_.handle(),
                        &peer.sending),
              "MPI_Isend");
        check(MPI_Test(&peer.sending, &is_sent, MPI_STATUS_IGNORE), "MPI_Test");
    }
}

void Heartbeat::receive() {
    const auto now = std::chrono::steady_clock::now();
    if (now - counted_ >= turn) {
        counted_ = now;
        for (auto& peer : *peers_) {
            ++peer.silent_turns;
        }
    }
    for (;;) {
        int is_there = 0;
        MPI_Status status;
        check(MPI_Iprobe(MPI_ANY_SOURCE, 0, ranks_.handle(), &is_there, &status), "MPI_Iprobe");
        if (is_there == 0) {
            return;
        }
        auto& peer = (*peers_)[static_cast<std::size_t>(status.MPI_SOURCE)];
        check(MPI_Recv(&peer.last, sizeof peer.last, MPI_BYTE, status.MPI_SOURCE, 0, ranks_.handle(),
                       MPI_STATUS_IGNORE),
              "MPI_Recv");
        peer.silent_turns = 0;
    }
}

void Heartbeat::look_for_the_dead() {
    // If rank 0 is lost, all other ranks notice: stagger them, so that only the first one reports it.
    const int patience = ranks_.rank() == 0
                             ? 0
                             : std::min(turns_between_witnesses * (ranks_.rank() - 1), turns_of_silence / 2);
    for (int rank = 0; rank < ranks_.size(); ++rank) {
        auto& peer = (*peers_)[static_cast<std::size_t>(rank)];
        if (!watches(rank) || peer.last.leaves) {
            continue;
        }
        if (peer.local_pid != 0 && is_gone(peer.local_pid)) {
            if (peer.silent_turns > patience) {
                receive();  // its last message may announce that it leaves
                if (!peer.last.leaves) {
                    end_job(peer.name + " has died; last known: " + peer.last.activity.text() + ". " +
                            name_of_this_process(ranks_.rank()) + " is " + current_activity().text());
                }
            }
        } else if (peer.silent_turns > turns_of_silence + patience) {
            end_job(peer.name + " has been silent for " +
                    in_seconds(std::chrono::duration<double>{turn}.count() * peer.silent_turns) +
                    " (its node is lost, or it is stopped); last known: " + peer.last.activity.text());
        }
    }
}

void Heartbeat::look_for_hangs() {
    auto& own = (*peers_)[0].last;
    own = own_beat();
    const Peer* longest = nullptr;
    std::vector<const Peer*> absent;
    double shortest_wait = own.activity.waited;
    for (const auto& peer : *peers_) {
        const auto& activity = peer.last.activity;
        if (!activity.waits()) {
            absent.push_back(&peer);
        } else if (peer.last.progress_expected &&
                   (longest == nullptr || activity.waited > longest->last.activity.waited)) {
            longest = &peer;
        }
        shortest_wait = std::min(shortest_wait, activity.waited);
    }
    const auto limit = std::chrono::duration<double>{hang_timeout_}.count();
    if (longest == nullptr || longest->last.activity.waited < limit ||
        (absent.empty() && shortest_wait < limit)) {
        return;
    }

    const auto& waiting = longest->last.activity;
    std::string what;
    if (absent.empty()) {
        what = "all ranks are waiting, but not for each other:";
        for (const auto& peer : *peers_) {
            if (&peer - peers_->data() < static_cast<std::ptrdiff_t>(most_named)) {
                what += "\n  " + peer.name + " " + peer.last.activity.text();
            }
        }
    } else {
        for (std::size_t i = 0; i < std::min(absent.size(), most_named); ++i) {
            what += (i == 0 ? "" : ", ") + absent[i]->name;
        }
        what += absent.size() > most_named ? " and " + std::to_string(absent.size() - most_named) + " others"
                                           : "";
        what += (absent.size() == 1 ? " hangs: it has" : " hang: they have") + std::string{" not entered "} +
                waiting.collective_name() + " of step " + std::to_string(waiting.step) + ", in which " +
                longest->name + " has waited for " + in_seconds(waiting.waited);
    }
    end_job(what + " (hang timeout " + in_seconds(limit) + ")");
}

void Heartbeat::end_if_the_launcher_has() const {
    // Open MPI's mpirun ends its ranks when it ends, except if it is killed.
    if (launcher_ != 0 && getppid() != launcher_) {
        std::fprintf(stderr, "sslslr: %s: mpirun has died; ending\n",
                     name_of_this_process(ranks_.rank()).c_str());
        std::_Exit(exit_code);
    }
}

void Heartbeat::end_job(const std::string& what) {
    std::fprintf(stderr, "sslslr: %s; ending the job\n", what.c_str());
    try {
        send(/*leaves=*/true);   // so that no other rank reports that this one has died
    } catch (const MpiError&) {  // the message is already printed, and the job ends below
    }
    abort_job(exit_code);
}

}  // namespace sslslr::dist
