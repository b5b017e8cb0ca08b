#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/array_reader.hpp"
#include "io/corpus/file_corpus.hpp"
#include "io/corpus/npy.hpp"
#include "io/file/data_error.hpp"
#include "io/file/setting.hpp"

// MP_Data/LABEL/SEQUENCE/FRAME.npy: one flat array of numbers per frame, with zeros for a part that was not
// detected. This is the layout of a popular tutorial (nicknochnack, ActionDetectionforSignLanguage) and of
// projects based on it. Some save a sequence as one array: MP_Data/LABEL/SEQUENCE.npy.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t depth_of_sequences = 2;

/// Returns the last number in a file's name; nothing if there is none.
std::optional<std::uint64_t> number_in(const std::string& stem) {
    const auto end = stem.find_last_of("0123456789");
    if (end == std::string::npos) {
        return std::nullopt;
    }
    const auto before = stem.find_last_not_of("0123456789", end);
    const auto begin = before == std::string::npos ? 0 : before + 1;
    std::uint64_t number = 0;
    const auto [rest, error] = std::from_chars(stem.data() + begin, stem.data() + end + 1, number);
    return error == std::errc{} ? std::optional{number} : std::nullopt;
}

/// Whether the numbers of the files have gaps, whatever the first number is. Files without numbers have none.
bool has_gaps(const std::vector<std::string>& files) {
    std::uint64_t least = std::numeric_limits<std::uint64_t>::max();
    std::uint64_t greatest = 0;
    for (const auto& file : files) {
        const auto number = number_in(fs::path{file}.stem().string());
        if (!number) {
            return false;
        }
        least = std::min(least, *number);
        greatest = std::max(greatest, *number);
    }
    return !files.empty() && greatest - least >= files.size();
}

/// Removes what systems add to the name of a copy: "3 (1).npy", "3 - Copy.npy", "3 copy.npy" -> "3.npy".
std::string name_of_original(const std::string& name) {
    static const std::regex copy{R"( (\(\d+\)|- [Cc]opy( \(\d+\))?|copy( \d+)?)$)"};
    const fs::path path{name};
    return std::regex_replace(path.stem().string(), copy, "") + path.extension().string();
}

/// Removes copies of files that are in the list, too. @return the number of removed files
std::size_t drop_copies(std::vector<std::string>& files) {
    const std::set<std::string> all{files.begin(), files.end()};
    return std::erase_if(files, [&](const std::string& file) {
        const auto original = name_of_original(file);
        return original != file && all.contains(original);
    });
}

/// Refuses arrays that are not one frame: [points, coordinates], or flat apart from axes of length 1.
void require_frame(const fs::path& path, const std::vector<std::size_t>& shape) {
    const auto longer = std::ranges::count_if(shape, [](std::size_t extent) { return extent != 1; });
    const bool is_by_points = shape.size() == 2 && shape[1] >= 2 && shape[1] <= 4;
    if (longer > 1 && !is_by_points) {
        throw DataError{path,
                        fmt::format("expected the numbers of one frame, or [points, 2 to 4 coordinates], "
                                    "found a shape of [{}]; save each frame flat, or the sequence as one "
                                    "file LABEL/SEQUENCE.npy",
                                    fmt::join(shape, ", "))};
    }
}

ImportedClip read_frames(const ArrayReader& reading, const fs::path& folder) {
    bool has_hidden = false;
    auto files = files_in(folder, ".npy", &has_hidden);
    const auto copies = drop_copies(files);
    std::vector<float> values;
    std::size_t width = 0;
    for (const auto& file : files) {
        const auto array = read_npy(folder / file);
        require_frame(folder / file, array.shape);
        const auto& frame = array.values;
        if (file != files.front() && frame.size() != width) {
            throw DataError{folder / file,
                            fmt::format("expected {} numbers as in the sequence's other frames, "
                                        "found {}",
                                        width, frame.size())};
        }
        width = frame.size();
        values.insert(values.end(), frame.begin(), frame.end());
    }
    if (files.empty()) {
        return {};
    }
    auto clip = reading(folder / files.front(), "", {files.size(), width}, values);
    if (has_gaps(files)) {
        clip.repairs.emplace_back("gaps in the frame numbers: the remaining frames joined");
    }
    if (copies > 0) {
        clip.repairs.emplace_back("copies of frames, such as '3 (1).npy' next to '3.npy', skipped");
    }
    if (has_hidden) {
        clip.repairs.emplace_back("hidden or system files among the frames skipped");
    }
    return clip;
}

bool is_folder(const fs::path& path) {
    std::error_code error;  // the reader names the problem
    return fs::is_directory(path, error);
}

ImportedClip read_sequence(const ArrayReader& reading, const fs::path& path) {
    if (is_folder(path)) {
        return read_frames(reading, path);
    }
    const auto array = read_npy(path);
    if (array.shape.size() == 1) {
        throw DataError{
            path,
            fmt::format("expected a sequence of frames, found a single one; frames are read from "
                        "LABEL/SEQUENCE/FRAME.npy: is {} the folder of a label? Then name the one above it",
                        setting("input"))};
    }
    return reading(path, "", array.shape, array.values);
}

/// Returns the files of a sequence. Does not throw: reading the sequence reports its problems.
std::vector<fs::path> files_of_sequence(const fs::path& path) {
    std::error_code error;
    std::vector<fs::path> files;
    for (fs::directory_iterator each{path, error}, end; !error && each != end; each.increment(error)) {
        files.push_back(each->path());
    }
    return files.empty() ? std::vector{path} : files;
}

/// Whether a sequence seems to have frames. A file with a single frame is not a sequence.
bool seems_to_have_frames(const fs::path& path) {
    try {
        return is_folder(path) ? !files_in(path, ".npy").empty() : npy_shape(path).size() > 1;
    } catch (const DataError&) {  // the reader names the problem
        return true;
    }
}

/// Refuses a corpus without any frames.
void refuse_without_frames(const fs::path& input, const std::vector<fs::path>& sequences,
                           const Listing& listing) {
    if (std::ranges::none_of(sequences, seems_to_have_frames)) {
        throw DataError{input,
                        "expected LABEL/SEQUENCE/FRAME.npy or LABEL/SEQUENCE.npy below it, found none" +
                            (listing.left_out.empty() ? "" : "; " + listing.left_out.front().reason)};
    }
}

std::string label_of(const std::string& name) {
    return name.substr(0, name.find('/'));
}

/// Returns folders LABEL/SEQUENCE and files LABEL/SEQUENCE.npy, label by label.
std::vector<TreeFile> sequences_under(const fs::path& input, Listing& listing) {
    auto tree = walk_folder(input, {".npy"}, listing, depth_of_sequences);
    std::vector<TreeFile> sequences;
    for (auto* found : {&tree.folders, &tree.files}) {
        for (auto& each : *found) {
            if (each.name.find('/') != std::string::npos) {
                sequences.push_back(std::move(each));
            } else if (found == &tree.files) {
                listing.left_out.push_back(
                    {.clip = each.name,
                     .reason = each.path.string() +
                               ": expected in the folder of a label, found next to these folders"});
            }
        }
    }
    std::ranges::sort(sequences, [](const TreeFile& a, const TreeFile& b) {
        const auto label = label_of(a.name);
        const auto other = label_of(b.name);
        return label == other ? naturally_less(a.name, b.name) : naturally_less(label, other);
    });
    return sequences;
}

}  // namespace

std::unique_ptr<Corpus> open_mp_data(const CorpusOptions& options) {
    if (!is_folder(options.input)) {
        throw DataError{options.input, "expected a folder MP_Data/LABEL/SEQUENCE/FRAME.npy, found no folder"};
    }
    Listing listing;
    std::vector<fs::path> paths;
    for (auto& sequence : sequences_under(options.input, listing)) {
        listing.clips.push_back({.name = sequence.name, .label = label_of(sequence.name)});
        paths.push_back(std::move(sequence.path));
    }
    refuse_without_frames(options.input, paths, listing);
    return std::make_unique<FileCorpus>(
        std::move(listing), std::move(paths),
        [reading = array_reader(options)](const fs::path& path) { return read_sequence(reading, path); },
        files_of_sequence);
}

}  // namespace sslslr::io
