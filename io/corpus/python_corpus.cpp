#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <span>

#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "io/corpus/file_corpus.hpp"
#include "io/corpus/open_corpus.hpp"
#include "io/file/data_error.hpp"

// A corpus that an external program reads, for formats that need Python. The program prints a listing as one
// line of JSON. It answers each line of its standard input, the number of a clip, with a line of JSON, which
// is {"frames", "fps", "repairs"}, followed by frames * 75 * 3 little-endian float32 values, or {"error"}
// without values. io/corpus/python/corpus_server.py is the other side.
extern char** environ;

namespace sslslr::io {
namespace {

using nlohmann::json;

constexpr std::int64_t most_frames = 10'000'000;  // of one clip; a larger number is a damaged answer

/// A program whose standard input and output are pipes to this process. SIGPIPE must be ignored, so that
/// send() can report that the program has died.
class PipedProgram {
public:
    PipedProgram(const std::filesystem::path& input, const std::vector<std::string>& command)
        : input_{input} {
        int to[2];
        int from[2];
        if (::pipe2(to, O_CLOEXEC) != 0 || ::pipe2(from, O_CLOEXEC) != 0) {
            throw DataError{input, "cannot create a pipe to the program that reads it"};
        }
        // Signals of a scheduler or mpirun are for this process; the reader ends when its input is closed.
        sigset_t ours;
        sigemptyset(&ours);
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) {
            sigaddset(&ours, signal);
        }
        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        ::posix_spawnattr_setsigmask(&attributes, &ours);
        ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
        std::vector<char*> arguments;
        for (const auto& each : command) {
            arguments.push_back(const_cast<char*>(each.c_str()));
        }
        arguments.push_back(nullptr);
        const int error =
            ::posix_spawnp(&process_, arguments.front(), &actions, &attributes, arguments.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
        ::close(to[0]);
        ::close(from[1]);
        if (error != 0) {
            ::close(to[1]);
            ::close(from[0]);
            throw DataError{
                input, fmt::format("cannot start its reader, {}: {}; `launch/setup --importers` installs it",
                                   command.front(), std::strerror(error))};
        }
        to_ = to[1];
        from_ = ::fdopen(from[0], "r");
    }
    PipedProgram(const PipedProgram&) = delete;
    PipedProgram& operator=(const PipedProgram&) = delete;
    ~PipedProgram() {
        ::close(to_);  // the program then ends
        std::fclose(from_);
        if (process_ > 0) {
            ::waitpid(process_, nullptr, 0);
        }
    }

    /// Sends a line. @return false if the program is gone
    bool send(const std::string& line) const {
        return ::write(to_, line.data(), line.size()) == static_cast<ssize_t>(line.size());
    }

    /// Receives one line of JSON; nothing if the program is gone or writes something else.
    std::optional<json> receive() const {
        char* line = nullptr;
        std::size_t room = 0;
        const auto length = ::getline(&line, &room, from_);
        auto value =
            length > 0 ? json::parse(line, line + length, nullptr, false) : json(json::value_t::discarded);
        std::free(line);
        return value.is_object() ? std::optional{std::move(value)} : std::nullopt;
    }

    bool receive(std::span<float> values) const {
        return std::fread(values.data(), sizeof(float), values.size(), from_) == values.size();
    }

private:
    std::filesystem::path input_;
    pid_t process_ = -1;
    int to_ = -1;
    std::FILE* from_ = nullptr;
};

class PythonCorpus final : public Corpus {
public:
    explicit PythonCorpus(CorpusOptions options) : options_{std::move(options)} { listing_ = start(); }

    const Listing& listing() const override { return listing_; }

    ImportedClip read(std::size_t clip) override {
        if (!program_) {
            start_again();
        }
        const auto& name = listing_.clips.at(clip).name;
        const auto answer = program_->send(fmt::format("{}\n", clip)) ? program_->receive() : std::nullopt;
        if (!answer) {
            fail(name, "its reader ended without an answer (out of memory? a damaged file?)");
        }
        if (answer->contains("error")) {
            throw DataError{options_.input / name, answer->value("error", "")};
        }
        const auto frames = answer->value("frames", std::int64_t{-1});
        if (frames < 0 || frames > most_frames) {
            fail(name, fmt::format("its reader answered with {} frames", frames));
        }
        ImportedClip imported;
        imported.landmarks.resize(static_cast<std::size_t>(frames) * import_frame_values);
        imported.fps = answer->value("fps", 0.0);
        imported.repairs = answer->value("repairs", std::vector<std::string>{});
        if (!program_->receive(imported.landmarks)) {
            fail(name, "its reader ended in the middle of an answer");
        }
        return imported;
    }

private:
    /// Throws, after ending the program. The next clip starts it again.
    [[noreturn]] void fail(const std::string& name, const std::string& problem) {
        program_.reset();
        throw DataError{options_.input / name, problem};
    }

    /// Starts the program again. It must find the same clips, because they are addressed by number.
    void start_again() {
        const auto found = start();
        if (!std::ranges::equal(found.clips, listing_.clips, {}, &ListedClip::name, &ListedClip::name)) {
            program_.reset();
            throw DataError{options_.input,
                            "holds other clips than when the import began: run the same command again"};
        }
    }

    Listing start() {
        program_.emplace(options_.input, options_.program);
        const auto answer = program_->receive();
        if (!answer) {
            throw DataError{options_.input,
                            fmt::format("its reader, {}, ended without a listing: see its message "
                                        "above; `launch/setup --importers` installs what it needs",
                                        fmt::join(options_.program, " "))};
        }
        if (answer->contains("error")) {
            throw DataError{options_.input, answer->value("error", "")};
        }
        return listing_of(*answer);
    }

    Listing listing_of(const json& answer) const {
        Listing listing;
        try {
            for (const auto& clip : answer.at("clips")) {
                listing.clips.push_back({.name = clip.at("name"),
                                         .label = clip.value("label", ""),
                                         .signer = clip.value("signer", ""),
                                         .fps = clip.value("fps", 0.0)});
            }
            listing.labels = answer.value("labels", std::vector<std::string>{});
            listing.splits = answer.value("splits", std::map<std::string, std::vector<std::string>>{});
            listing.attributes = answer.value("attributes", std::map<std::string, std::string>{});
            listing.notes = answer.value("notes", std::vector<std::string>{});
            for (const auto& each : answer.value("left_out", json::array())) {
                listing.left_out.push_back({.clip = each.at("clip"), .reason = each.at("reason")});
            }
        } catch (const json::exception& error) {
            throw DataError{options_.input, std::string{"its reader's listing is damaged: "} + error.what()};
        }
        return listing;
    }

    CorpusOptions options_;
    Listing listing_;
    std::optional<PipedProgram> program_;
};

}  // namespace

std::unique_ptr<Corpus> open_with_python(const CorpusOptions& options) {
    return std::make_unique<PythonCorpus>(options);
}

}  // namespace sslslr::io
