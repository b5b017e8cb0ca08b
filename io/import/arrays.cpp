#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "io/data_error.hpp"
#include "io/import/array_reader.hpp"
#include "io/import/file_corpus.hpp"
#include "io/import/npy.hpp"
#include "io/import/point_order.hpp"

// Arrays of landmarks without a format of their own, a .npy file or an HDF5 dataset a clip: [T, points, coordinates] or
// [T, points * coordinates].
namespace sslslr::io {
namespace {

namespace fs = std::filesystem;

/// How the arrays of a corpus are to be read.
struct ArrayReading {
    std::string order_name;  ///< "auto": by the number of points
    Missing missing;

    ImportedClip operator()(const fs::path& path, const std::string& object,
                            const std::vector<std::size_t>& shape, const std::vector<float>& values) const {
        const auto [points, coordinates] = width_of(path, object, shape);
        const auto order = order_for(path, object, points);
        if (values.empty()) {
            return {};
        }
        return arranged(values, order, coordinates, missing);
    }

private:
    /// Points and coordinates of a frame. A flat frame is taken apart by what the order holds.
    std::pair<std::size_t, std::size_t> width_of(const fs::path& path, const std::string& object,
                                                 const std::vector<std::size_t>& shape) const {
        if (shape.size() == 3 && shape[2] >= 2 && shape[2] <= 4) {
            return {shape[1], shape[2]};
        }
        if (shape.size() == 2) {
            const auto named = point_order(order_name);
            for (const std::size_t coordinates : {2, 3, 4}) {
                const auto points = shape[1] / coordinates;
                if (points * coordinates == shape[1] &&
                    (named ? points == named->size() : !usual_point_order(points).empty())) {
                    return {points, coordinates};
                }
            }
        }
        throw DataError{
            path, fmt::format("{}expected a shape of [frames, points, 2 to 4 coordinates], or flat frames "
                              "of a known number of points, found [{}]; name the order with "
                              "--point-order ({})",
                              object, fmt::join(shape, ", "), fmt::join(point_order_names(), ", "))};
    }

    PointOrder order_for(const fs::path& path, const std::string& object, std::size_t points) const {
        const auto name = order_name == "auto" ? usual_point_order(points) : order_name;
        const auto order = point_order(name);
        if (!order) {
            throw DataError{path,
                            fmt::format("{}arrays of {} points may be in several orders: name theirs with "
                                        "--point-order ({})",
                                        object, points, fmt::join(point_order_names(), ", "))};
        }
        if (order->size() != points) {
            throw DataError{path, fmt::format("{}expected {} points as --point-order {} says, found {}",
                                              object, order->size(), name, points)};
        }
        return *order;
    }
};

ArrayReading reading_of(const CorpusOptions& options) {
    if (options.point_order != "auto" && !point_order(options.point_order)) {
        throw std::invalid_argument{fmt::format("--point-order {}: there are auto, {}", options.point_order,
                                                fmt::join(point_order_names(), ", "))};
    }
    return {.order_name = options.point_order,
            .missing = options.zero_is_missing ? Missing::zero_parts : Missing::nan};
}

}  // namespace

ArrayReader array_reader(const CorpusOptions& options) {
    return reading_of(options);
}

std::unique_ptr<Corpus> open_npy(const CorpusOptions& options) {
    return open_files(options, {".npy"}, [reading = array_reader(options)](const fs::path& path) {
        const auto array = read_npy(path);
        return reading(path, "", array.shape, array.values);
    });
}

}  // namespace sslslr::io
