#include "src/run/run_folder.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <map>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/file/data_error.hpp"
#include "io/file/file_pattern.hpp"
#include "io/file/setting.hpp"
#include "io/file/utf8.hpp"
#include "src/errors.hpp"
#include "src/settings/ini_file.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;
constexpr const char* options_file = "config.ini";
using Values = std::vector<std::pair<std::string, std::string>>;

/// Maps each name to its value; the entries of a list are joined, one per line.
std::map<std::string, std::string> joined(const Values& values) {
    std::map<std::string, std::string> lines;
    for (const auto& [name, value] : values) {
        lines[name] += value + '\n';
    }
    return lines;
}

Values values_of(PretrainOptions fields) {
    Options options{""};
    declare(options, fields);
    return options.values();
}

void check_same(const fs::path& folder, PretrainOptions fields) {
    Options options{""};
    declare(options, fields);
    const auto then = joined(values_of(read_run_options(folder)));
    std::vector<std::string> data;
    std::ranges::transform(fields.data, std::back_inserter(data), io::quoted);
    for (const auto& [name, value] : joined(options.values())) {
        const auto found = then.find(name);
        const auto old = found == then.end() ? std::string{"\n"} : found->second;
        const auto decides = options.decides(name);
        if (old != value && decides != Decides::nothing && decides != Decides::resumable) {
            throw ConfigError{fmt::format(
                "{} is {} but the run in {} was started with {}: give the same options, or another {} "
                "folder; to use the run's own options: sslslr pretrain --run {} --config {} --data {}",
                io::setting(io::Setting::declared(name)), value.substr(0, value.size() - 1), folder.string(),
                old.substr(0, old.size() - 1), io::setting("run"), io::quoted(folder.string()),
                io::quoted((folder / options_file).string()), fmt::join(data, " "))};
        }
    }
}

void check_writable(const Values& values) {
    for (const auto& [name, value] : values) {
        if (value.find_first_of("\n\r") != std::string::npos) {
            throw ConfigError{
                fmt::format("{} '{}': the run's config.ini cannot hold line breaks: choose another name",
                            io::setting(io::Setting::declared(name)), value)};
        }
    }
}

std::optional<io::PosixFile> lock_of(const fs::path& folder) {
    constexpr std::chrono::seconds patience{60};
    constexpr std::chrono::milliseconds pause{100};
    std::optional<io::PosixFile> file{std::in_place, folder / ".lock", io::PosixFile::Access::create};
    try {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!file->try_lock()) {
            if (std::chrono::steady_clock::now() > end) {
                throw ConfigError{
                    fmt::format("{}: another job is training there: end it, or give another folder",
                                io::setting("run", folder.string()))};
            }
            std::this_thread::sleep_for(pause);
        }
    } catch (const io::DataError&) {
        file.reset();  // the file system does not support locks
    }
    return file;
}

/// Completes relative data paths, which earlier versions recorded as given. If the recorded `run` is the end
/// of the folder's path, the rest of that path is the folder in which the run was started.
void find_relative_data(PretrainOptions& fields, const fs::path& folder) {
    std::error_code error;
    const auto here = fs::canonical(folder, error).string();
    const auto run = fmt::format("/{}", fs::path{fields.run}.lexically_normal().string());
    if (error || fs::path{fields.run}.is_absolute() || !here.ends_with(run)) {
        return;
    }
    const fs::path start = here.substr(0, here.size() - run.size());
    for (auto& path : fields.data) {
        const bool is_elsewhere = fs::path{path}.is_relative() && io::files_matching(path).empty();
        if (is_elsewhere && !io::files_matching((start / path).string()).empty()) {
            path = (start / path).string();
        }
    }
}

}  // namespace

std::vector<std::string> data_for(const PretrainOptions& run, const std::vector<std::string>& named,
                                  const dist::Communicator& ranks) {
    if (!named.empty()) {
        return named;
    }
    agree(ranks, [&] {
        for (const auto& path : run.data) {
            if (io::files_matching(path).empty()) {
                throw io::DataError{
                    path,
                    fmt::format("no such file, but the run was trained on it: give its present path with {}",
                                io::setting("data"))};
            }
        }
    });
    return run.data;
}

void make_absolute(std::vector<std::string>& paths) {
    for (auto& path : paths) {
        path = fs::absolute(path).lexically_normal().string();
    }
}

std::optional<io::PosixFile> open_run_folder(const fs::path& folder, const PretrainOptions& fields,
                                             const dist::Communicator& ranks, bool lock) {
    std::optional<io::PosixFile> file;
    agree(ranks, [&] {
        if (ranks.rank() != 0) {
            return;
        }
        check_writable(values_of(fields));
        const auto check_config = [&] {
            if (fs::exists(folder / options_file)) {
                check_same(folder, fields);
            }
        };
        check_config();
        std::error_code error;
        fs::create_directories(folder, error);
        if (error) {
            throw io::DataError{folder, "the run folder cannot be created: " + error.message()};
        }
        if (lock) {
            file = lock_of(folder);
            check_config();  // again: the job that held the lock may have written it
        }
    });
    return file;
}

void write_run_options(const fs::path& folder, PretrainOptions fields, const dist::Communicator& ranks) {
    agree(ranks, [&] {
        if (ranks.rank() != 0) {
            return;
        }
        make_absolute(fields.data);
        fields.run = fs::absolute(folder).lexically_normal().string();
        // Atomic: a job that dies meanwhile or runs out of space leaves the old file intact.
        io::write_text(folder / options_file, ini_text(values_of(fields)));
    });
}

PretrainOptions read_run_options(const fs::path& folder) {
    const auto config = folder / options_file;
    if (!fs::exists(config)) {
        throw ConfigError{fmt::format("{}: no config.ini there, so it is not a run folder of sslslr pretrain",
                                      io::setting("run", folder.string()))};
    }
    if (read_text(config.string(), config.string()).find('=') == std::string::npos) {
        throw ConfigError{fmt::format(
            "{}: holds no options, so the run cannot be identified: restore the file", config.string())};
    }
    PretrainOptions fields;
    Options options{""};
    declare(options, fields);
    options.read_file(config.string());
    find_relative_data(fields, folder);
    return fields;
}

}  // namespace sslslr
