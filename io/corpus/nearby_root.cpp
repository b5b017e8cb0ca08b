#include "io/corpus/nearby_root.hpp"

#include <algorithm>
#include <exception>
#include <map>
#include <vector>

#include <fmt/format.h>

#include "io/corpus/folder_tree.hpp"
#include "io/corpus/system_files.hpp"
#include "io/file/data_error.hpp"
#include "io/file/lower_case.hpp"
#include "io/file/setting.hpp"

namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_folders = 20;    // one level down
constexpr std::size_t most_clips = 3;       // read from each candidate
constexpr std::size_t most_entries = 2000;  // looked at in each candidate
constexpr std::size_t input_argument = 3;   // of a Python reader, after interpreter, script and format

/// Formats whose files are found only from their root folder, with names of which it has at least one. The
/// list is empty for a format without fixed names.
const std::map<std::string, std::vector<std::string>>& files_of_roots() {
    static const std::map<std::string, std::vector<std::string>> files{
        {"asl-citizen", {"splits", "train.csv"}},
        {"kaggle-islr", {"train.csv"}},
        {"lsfb", {"instances.csv"}},
        {"mp-data", {}}};
    return files;
}

/// Whether there is an array as in LABEL/SEQUENCE.npy or LABEL/SEQUENCE/FRAME.npy among the first entries.
/// The number of entries is limited, because the folder above a mistyped one may be a home folder.
bool shows_arrays(const fs::path& folder) {
    constexpr int depth_of_frames = 2;
    constexpr auto options =
        fs::directory_options::follow_directory_symlink | fs::directory_options::skip_permission_denied;
    std::error_code error;
    std::size_t entries = 0;
    fs::recursive_directory_iterator each{folder, options, error};
    for (const fs::recursive_directory_iterator end; !error && each != end; each.increment(error)) {
        if (++entries > most_entries) {
            return false;
        }
        const auto& path = each->path();
        const bool is_skipped = is_system_file(path.filename().string());
        if (!is_skipped && each.depth() > 0 && lower_case(path.extension().string()) == ".npy") {
            return true;
        }
        if (is_skipped || each.depth() >= depth_of_frames) {
            each.disable_recursion_pending();
        }
    }
    return false;
}

/// Whether a folder may be a root, as a quick check before opening it.
bool may_be_root(const std::string& format, const fs::path& folder) {
    const auto& files = files_of_roots().at(format);
    if (files.empty()) {
        return shows_arrays(folder);
    }
    return std::ranges::any_of(files, [&](const std::string& file) {
        std::error_code error;
        return fs::exists(folder / file, error);
    });
}

std::vector<fs::path> candidates_for(const fs::path& input) {
    std::vector<fs::path> folders;
    std::error_code error;
    if (!fs::is_directory(input, error)) {
        return folders;
    }
    const auto parent = fs::weakly_canonical(input, error).parent_path();
    try {
        Listing unused;
        for (const auto& folder : walk_folder(input, {}, unused, 1).folders) {
            if (folders.size() < most_folders) {
                folders.push_back(folder.path);
            }
        }
    } catch (const DataError&) {  // cannot be listed; the folder above may still be a root
    }
    if (!error && parent != parent.root_path()) {
        folders.push_back(parent);
    }
    return folders;
}

bool has_frames(Corpus& corpus) {
    for (std::size_t clip = 0; clip < std::min(most_clips, corpus.listing().clips.size()); ++clip) {
        if (corpus.read(clip).frames() > 0) {
            return true;
        }
    }
    return false;
}

}  // namespace

std::string advice_on_root(const CorpusOptions& options, const CorpusOpener& open) {
    if (!files_of_roots().contains(options.format)) {
        return "";
    }
    auto tried = options;
    for (const auto& folder : candidates_for(options.input)) {
        if (!may_be_root(options.format, folder)) {
            continue;
        }
        tried.input = folder;
        if (tried.program.size() > input_argument) {
            tried.program[input_argument] = folder.string();
        }
        try {
            if (const auto corpus = open(tried); has_frames(*corpus)) {
                return fmt::format("{} holds clips of {}", setting("input", folder.string()),
                                   setting("from", options.format));
            }
        } catch (const std::exception&) {  // not a root of this format
        }
    }
    return "";
}

}  // namespace sslslr::io
