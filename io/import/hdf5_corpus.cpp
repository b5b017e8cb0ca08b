#include <algorithm>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/data_error.hpp"
#include "io/foreign_trial.hpp"
#include "io/hdf5_input.hpp"
#include "io/import/array_reader.hpp"
#include "io/import/file_corpus.hpp"

// HDF5 files of others, a dataset a clip.
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

constexpr auto keypoints_group = "/keypoints";
constexpr auto visibility_group = "/visibility";

/// The clips of an HDF5 file: the datasets under /keypoints where there is such a group (OpenHands), all otherwise.
std::vector<std::string> datasets_of(const hdf5::InputFile& file) {
    const std::string group = file.has(keypoints_group) ? keypoints_group : "/";
    std::vector<std::string> names;
    for (const auto& name : file.datasets_under(group)) {
        names.push_back((group == "/" ? "/" : group + "/") + name);
    }
    return names;
}

std::vector<float> floats_of(const hdf5::InputFile& file, const hdf5::InputDataset& dataset) {
    const auto kind = H5Tget_class(dataset.type.id());
    if (kind != H5T_FLOAT && kind != H5T_INTEGER) {
        file.fail(dataset.name, "expected an array of numbers, found another type");
    }
    std::vector<float> values(dataset.values);
    file.read(dataset, H5T_NATIVE_FLOAT, values.data());
    return values;
}

/// Opens and reads all of a foreign file in a process of its own: libhdf5 can crash on damaged ones.
void try_reading(const fs::path& path) {
    run_in_child(path, [&path] {
        const hdf5::InputFile file{path};
        for (const auto& name : file.datasets_under("/")) {
            const auto dataset = file.dataset("/" + name);
            if (const auto kind = H5Tget_class(dataset.type.id()); kind == H5T_FLOAT || kind == H5T_INTEGER) {
                floats_of(file, dataset);
            }
        }
        return std::vector<std::uint64_t>{};
    });
}

class Hdf5Corpus final : public Corpus {
public:
    explicit Hdf5Corpus(const CorpusOptions& options) : reading_{array_reader(options)} {
        const auto all = files_under(options.input, {".h5", ".hdf5", ".hdf"}, listing_);
        for (const auto& found : all) {
            try_reading(found.path);
            const auto& file = *files_.emplace_back(std::make_unique<hdf5::InputFile>(found.path));
            for (const auto& dataset : datasets_of(file)) {
                const auto name =
                    dataset.substr(dataset.find('/', dataset.starts_with(keypoints_group) ? 1 : 0) + 1);
                listing_.clips.push_back(
                    {.name = all.size() == 1 ? name : found.name + "/" + name, .label = folder_of(name)});
                places_.emplace_back(files_.size() - 1, dataset);
            }
        }
        if (listing_.clips.empty()) {
            throw DataError{options.input, "expected HDF5 datasets, one a clip, found none"};
        }
        apply_options(options, listing_);
    }

    const Listing& listing() const override { return listing_; }

    ImportedClip read(std::size_t clip) override {
        const auto& [number, name] = places_.at(clip);
        const auto& file = *files_[number];
        const auto dataset = file.dataset(name);
        auto imported = reading_(file.path(), name + ": ", {dataset.shape.begin(), dataset.shape.end()},
                                 floats_of(file, dataset));
        if (name.starts_with(keypoints_group)) {
            hide_invisible(file, visibility_group + name.substr(std::string_view{keypoints_group}.size()),
                           imported);
        }
        return imported;
    }

private:
    /// OpenHands: [T, 75], 0 where a point was not seen.
    static void hide_invisible(const hdf5::InputFile& file, const std::string& name, ImportedClip& clip) {
        if (!file.has(name)) {
            return;
        }
        const auto dataset = file.dataset(name);
        const auto seen = floats_of(file, dataset);
        if (seen.size() * import_coordinates != clip.landmarks.size()) {
            file.fail(
                name,
                fmt::format("expected a value for each of the {} points of {} frames, found a shape of [{}]",
                            import_points, clip.frames(), fmt::join(dataset.shape, ", ")));
        }
        for (std::size_t i = 0; i < seen.size(); ++i) {
            if (!(seen[i] > 0)) {
                std::fill_n(clip.landmarks.begin() + static_cast<std::ptrdiff_t>(i * import_coordinates),
                            import_coordinates, not_detected);
            }
        }
    }

    ArrayReader reading_;
    Listing listing_;
    std::vector<std::unique_ptr<hdf5::InputFile>> files_;
    std::vector<std::pair<std::size_t, std::string>> places_;  ///< file and dataset of each clip
};

}  // namespace

std::unique_ptr<Corpus> open_hdf5(const CorpusOptions& options) {
    return std::make_unique<Hdf5Corpus>(options);
}

}  // namespace sslslr::io
