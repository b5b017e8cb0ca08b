#include "io/tensors/feature_file.hpp"

#include <algorithm>
#include <string_view>

#include "io/file/data_error.hpp"
#include "io/file/posix_file.hpp"
#include "io/file/sealed_file.hpp"
#include "io/hdf5/hdf5_input.hpp"
#include "io/hdf5/hdf5_output.hpp"

namespace sslslr::io {
namespace {

constexpr auto features_schema_attribute = "schema";
constexpr auto features_schema = "sslslr-features-1";

void write_matrix(const hdf5::OutputFile& file, const std::string& name, const at::Tensor& matrix) {
    const auto rows = matrix.detach().cpu().to(at::kFloat).contiguous();
    auto dataset = file.create(name, H5T_IEEE_F32LE,
                               {static_cast<hsize_t>(rows.size(0)), static_cast<hsize_t>(rows.size(1))});
    file.write(dataset, name, H5T_NATIVE_FLOAT, rows.const_data_ptr());
    file.finish(std::move(dataset), name);
}

at::Tensor read_matrix(const hdf5::InputFile& file, const std::string& name) {
    const auto dataset = file.dataset(name);
    if (dataset.shape.size() != 2 || H5Tget_class(dataset.type.id()) != H5T_FLOAT) {
        file.fail(name, "expected floating-point numbers, [clips, width]");
    }
    auto matrix =
        at::empty({static_cast<std::int64_t>(dataset.shape[0]), static_cast<std::int64_t>(dataset.shape[1])},
                  at::kFloat);
    file.read(dataset, H5T_NATIVE_FLOAT, matrix.mutable_data_ptr());
    return matrix;
}

void check_numbers(const hdf5::InputFile& file, const std::string& name,
                   const std::vector<std::int64_t>& values, std::int64_t clips, std::size_t below) {
    if (std::ssize(values) != clips) {
        file.fail(name, "expected " + std::to_string(clips) +
                            " numbers, one for each row of /features, found " +
                            std::to_string(values.size()));
    }
    const auto limit = static_cast<std::int64_t>(below);
    if (std::ranges::any_of(values, [&](auto value) { return value < -1 || value >= limit; })) {
        file.fail(name, "expected -1 or numbers below " + std::to_string(below));
    }
}

}  // namespace

void write_features(const std::filesystem::path& path, const FeatureFile& content) {
    const auto alone = hdf5::exclusive_use();
    AtomicFile target{path};
    hdf5::OutputFile file{target.temporary()};
    for (const auto& [name, text] : content.attributes) {
        file.write_attribute(name, text);
    }
    file.write_attribute(features_schema_attribute, features_schema);
    write_matrix(file, "/features", content.features);
    file.write_integers("/clips/number", content.numbers);
    file.write_integers("/clips/id", content.ids);
    file.write_integers("/clips/label", content.labels);
    file.write_integers("/clips/signer", content.signers);
    if (!content.names.empty()) {
        file.write_texts("/clips/name", content.names);
    }
    file.write_texts("/labels", content.label_names);
    file.write_texts("/signers", content.signer_names);
    file.close();
    seal(target.temporary());
    target.commit();
}

bool is_features(const std::filesystem::path& path) {
    try {
        return verify(path) &&
               hdf5::InputFile{path}.attributes()[features_schema_attribute] == features_schema;
    } catch (const DataError&) {
        return false;  // the reader of another format reports the problem
    }
}

FeatureFile read_features(const std::filesystem::path& path) {
    const auto alone = hdf5::exclusive_use();
    if (!verify(path)) {
        throw DataError{path,
                        "not a feature file: expected one sealed by this program, found another HDF5 file"};
    }
    const hdf5::InputFile file{path};
    FeatureFile content{.features = {}, .attributes = file.attributes()};
    if (content.attributes[features_schema_attribute] != features_schema) {
        throw DataError{path, "attribute schema: expected '" + std::string{features_schema} + "', found '" +
                                  content.attributes[features_schema_attribute] +
                                  "'; this is not a feature file of this release"};
    }
    content.attributes.erase(features_schema_attribute);
    content.features = read_matrix(file, "/features");
    content.numbers = file.integers<std::int64_t>("/clips/number");
    content.ids = file.integers<std::int64_t>("/clips/id");
    content.labels = file.integers<std::int64_t>("/clips/label");
    content.signers = file.integers<std::int64_t>("/clips/signer");
    if (file.has("/clips/name")) {
        content.names = file.texts("/clips/name");
    }
    content.label_names = file.texts("/labels");
    content.signer_names = file.texts("/signers");
    const auto clips = content.features.size(0);
    check_numbers(file, "/clips/label", content.labels, clips, content.label_names.size());
    check_numbers(file, "/clips/signer", content.signers, clips, content.signer_names.size());
    if (std::ssize(content.numbers) != clips || std::ssize(content.ids) != clips ||
        (!content.names.empty() && std::ssize(content.names) != clips)) {
        file.fail("/clips", "expected a number, an id and a name, if any, for each row of /features");
    }
    return content;
}

}  // namespace sslslr::io
