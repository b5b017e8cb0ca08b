#include "launch/run_folder.hpp"

#include <cctype>
#include <chrono>
#include <fstream>
#include <map>
#include <thread>

#include <fmt/format.h>

#include "io/data_error.hpp"
#include "src/errors.hpp"

namespace sslslr {
namespace {

namespace fs = std::filesystem;
using Values = std::vector<std::pair<std::string, std::string>>;

/// name -> its lines, those of a list joined.
std::map<std::string, std::string> joined(const Values& values) {
    std::map<std::string, std::string> lines;
    for (const auto& [name, value] : values) {
        lines[name] += value + '\n';
    }
    return lines;
}

void check_same(const fs::path& folder, const Options& options) {
    PretrainOptions fields = read_run_options(folder);
    Options before{""};
    declare(before, fields);
    const auto then = joined(before.values());
    for (const auto& [name, value] : joined(options.values())) {
        const auto found = then.find(name);
        const auto old = found == then.end() ? std::string{"\n"} : found->second;
        if (old != value && !options.is_changeable(name)) {
            throw ConfigError{fmt::format(
                "--{} is {} but the run in {} was started with {}: give the same options, or another --run "
                "folder",
                name, value.substr(0, value.size() - 1), folder.string(), old.substr(0, old.size() - 1))};
        }
    }
}

/// A line of an INI file ends at # and loses blanks at its ends.
void check_writable(const Options& options) {
    for (const auto& [name, value] : options.values()) {
        const bool has_blank_ends =
            !value.empty() && (std::isspace(static_cast<unsigned char>(value.front())) != 0 ||
                               std::isspace(static_cast<unsigned char>(value.back())) != 0);
        if (has_blank_ends || value.find_first_of("#\n\r") != std::string::npos) {
            throw ConfigError{
                fmt::format("--{} '{}': the run's config.ini can hold neither # nor line ends nor blanks at "
                            "either end: give another name",
                            name, value)};
        }
    }
}

/// A job that dies meanwhile, or finds no space, leaves the old one.
void write_config(const fs::path& path, const Options& options) {
    io::AtomicFile target{path};
    std::ofstream file{target.temporary()};
    for (const auto& [name, value] : options.values()) {
        file << name << " = " << value << '\n';
    }
    if (!file.flush()) {
        throw io::DataError{path, "cannot be written: check the folder's permissions and free space"};
    }
    target.commit();
}

std::optional<io::PosixFile> lock_of(const fs::path& folder) {
    constexpr std::chrono::seconds patience{60};
    constexpr std::chrono::milliseconds pause{100};
    std::optional<io::PosixFile> file{std::in_place, folder / ".lock", io::PosixFile::Access::create};
    try {
        const auto end = std::chrono::steady_clock::now() + patience;
        while (!file->try_lock()) {
            if (std::chrono::steady_clock::now() > end) {
                throw ConfigError{fmt::format(
                    "--run {}: another job trains there: end it, or give another folder", folder.string())};
            }
            std::this_thread::sleep_for(pause);
        }
    } catch (const io::DataError&) {
        file.reset();  // no locks here
    }
    return file;
}

}  // namespace

std::optional<io::PosixFile> open_run_folder(const fs::path& folder, const Options& options,
                                             const dist::Communicator& ranks, bool lock) {
    std::optional<io::PosixFile> file;
    agree(ranks, [&] {
        if (ranks.rank() != 0) {
            return;
        }
        check_writable(options);
        const auto config = folder / "config.ini";
        const auto check_config = [&] {
            if (fs::exists(config)) {
                check_same(folder, options);
            }
        };
        check_config();
        std::error_code error;
        fs::create_directories(folder, error);
        if (error) {
            throw io::DataError{folder, "the run folder cannot be made: " + error.message()};
        }
        if (lock) {
            file = lock_of(folder);
            check_config();  // which the job that was waited for may have written
        }
        write_config(config, options);
    });
    return file;
}

PretrainOptions read_run_options(const fs::path& folder) {
    const auto config = folder / "config.ini";
    if (!fs::exists(config)) {
        throw ConfigError{fmt::format(
            "--run {}: no config.ini there, so it is no run folder of sslslr pretrain", folder.string())};
    }
    PretrainOptions fields;
    Options options{""};
    declare(options, fields);
    options.read_file(config.string());
    return fields;
}

}  // namespace sslslr
