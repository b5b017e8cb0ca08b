#include <algorithm>
#include <cmath>
#include <memory>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/corpus/array_reader.hpp"
#include "io/corpus/file_corpus.hpp"
#include "io/corpus/npy.hpp"
#include "io/file/data_error.hpp"

// Folders of .npy files: one clip per file, or many clips of equal length in one file, as used with
// scikit-learn and Keras: X.npy of shape [N, T, ...] with the labels in y.npy.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t fewest_stack_axes = 3;  // clips, frames, values

std::string own_name(const std::string& name) {
    return name.substr(name.rfind('/') + 1);
}

/// Returns the name of the labels of a stack of clips: "a/y_train" for "a/X_train"; empty for other names.
std::string labels_name(const std::string& name) {
    const auto own = own_name(name);
    if ((own[0] != 'X' && own[0] != 'x') || (own.size() > 1 && own[1] != '_')) {
        return "";
    }
    auto labels = name;
    labels[name.size() - own.size()] = 'y';
    return labels;
}

/// Whether an array can only be the labels of a stack. A fingerspelling corpus may have clips named x and y.
bool holds_labels(const fs::path& labels, const fs::path& stack) {
    try {
        const auto shape = npy_shape(labels);
        const auto clips = npy_shape(stack);
        return shape.size() == 1 ||
               (shape.size() == 2 && clips.size() >= fewest_stack_axes && shape[0] == clips[0]);
    } catch (const DataError&) {  // reading them as clips reports the problem
        return false;
    }
}

/// Reads class numbers, as text, from integers [N] or [N, 1], or from one-hot rows [N, classes].
std::vector<std::string> labels_in(const fs::path& path, std::size_t clips) {
    const auto array = read_npy(path);
    const auto width = array.shape.size() == 2 ? array.shape[1] : 1;
    if (array.shape.empty() || array.shape.size() > 2 || array.shape[0] != clips || width == 0) {
        throw DataError{path,
                        fmt::format("expected the labels of {0} clips, [{0}] class numbers or [{0}, classes] "
                                    "with a 1 in each row, found a shape of [{1}]",
                                    clips, fmt::join(array.shape, ", "))};
    }
    std::vector<std::string> labels;
    for (std::size_t clip = 0; clip < clips; ++clip) {
        const auto row = std::span{array.values}.subspan(clip * width, width);
        auto label = row.front();
        if (width > 1) {
            const auto ones = std::ranges::count(row, 1.0F);
            const auto zeros = std::ranges::count(row, 0.0F);
            label = ones == 1 && ones + zeros == std::ssize(row)
                        ? static_cast<float>(std::ranges::find(row, 1.0F) - row.begin())
                        : -1;
        }
        if (!(label >= 0) || label != std::floor(label)) {
            throw DataError{path, fmt::format("expected a class number from 0 for clip {}, or a row with a "
                                              "single 1 and zeros, found other values",
                                              clip)};
        }
        labels.push_back(fmt::format("{:.0f}", label));
    }
    return labels;
}

class NpyCorpus final : public Corpus {
public:
    explicit NpyCorpus(const CorpusOptions& options) : reading_{array_reader(options)} {
        const auto found = files_under(options.input, {".npy"}, listing_);
        std::set<std::string> labels;
        std::map<std::string, fs::path> paths;
        for (const auto& file : found) {
            paths.emplace(file.name, file.path);
        }
        for (const auto& file : found) {
            const auto name = labels_name(file.name);
            if (!name.empty() && paths.contains(name) && holds_labels(paths.at(name), file.path)) {
                labels.insert(name);
            }
        }
        for (const auto& file : found) {
            if (const auto name = labels_name(file.name); labels.contains(name)) {
                add_stack(file, paths.at(name));
            } else if (!labels.contains(file.name)) {
                places_.push_back({.path = file.path});
                listing_.clips.push_back({.name = file.name, .label = folder_of(file.name)});
            }
        }
    }

    const Listing& listing() const override { return listing_; }

    ImportedClip read(std::size_t clip) override {
        const auto& place = places_.at(clip);
        if (place.stack) {
            return reading_(place.path, fmt::format("clip {}: ", place.number), place.stack->shape(),
                            place.stack->read(place.number));
        }
        const auto array = read_npy(place.path);
        return reading_(place.path, "", array.shape, array.values);
    }

    std::vector<fs::path> files(std::size_t clip) const override {
        // A stack is read in order, and the system reads it ahead by itself.
        return places_.at(clip).stack ? std::vector<fs::path>{} : std::vector{places_.at(clip).path};
    }

private:
    struct Place {
        fs::path path;
        std::shared_ptr<NpyStack> stack{};  ///< shared by its clips; null: one clip per file
        std::size_t number = 0;             ///< position in the stack
    };

    void add_stack(const TreeFile& file, const fs::path& labels_path) {
        const auto stack = std::make_shared<NpyStack>(file.path);
        if (stack->shape().size() + 1 < fewest_stack_axes) {
            throw DataError{file.path,
                            fmt::format("expected many clips in one array, [clips, frames, ...], because {} "
                                        "holds their labels; found clips of a shape of [{}]",
                                        labels_path.filename().string(), fmt::join(stack->shape(), ", "))};
        }
        const auto labels = labels_in(labels_path, stack->count());
        const auto own = own_name(file.name);
        const auto split = own.size() > 2 ? own.substr(2) : "";
        for (std::size_t number = 0; number < labels.size(); ++number) {
            listing_.clips.push_back(
                {.name = fmt::format("{}/{}", file.name, number), .label = labels[number]});
            if (!split.empty()) {
                listing_.splits[split].push_back(listing_.clips.back().name);
            }
            places_.push_back({.path = file.path, .stack = stack, .number = number});
        }
        listing_.notes.push_back(
            fmt::format("{}.npy: {} clips of {} frames in one array, labelled by the numbers in {}",
                        file.name, stack->count(), stack->shape().front(), labels_path.filename().string()));
    }

    ArrayReader reading_;
    Listing listing_;
    std::vector<Place> places_;  ///< of each clip
};

}  // namespace

std::unique_ptr<Corpus> open_npy(const CorpusOptions& options) {
    return std::make_unique<NpyCorpus>(options);
}

}  // namespace sslslr::io
