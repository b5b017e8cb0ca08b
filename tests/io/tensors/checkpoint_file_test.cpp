#include "io/tensors/checkpoint_file.hpp"

#include <cmath>
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <torch/types.h>

#include "io/file/data_error.hpp"
#include "io/file/sealed_file.hpp"
#include "io/hdf5/hdf5_input.hpp"
#include "tests/io/store_files.hpp"

namespace sslslr::io::test {
namespace {

class CheckpointFileTest : public testing::Test {
protected:
    void SetUp() override { torch::manual_seed(3); }

    std::string error_of_reading() {
        return error_of([this] { read_checkpoint(path_); });
    }

    TemporaryFolder folder_;
    std::filesystem::path path_ = folder_ / checkpoint_name(12);
};

CheckpointFile small_checkpoint() {
    return {
        .tensors = {{"model/encoder.cls", torch::randn({1, 8})}, {"step", torch::tensor(std::int64_t{12})}},
        .attributes = {{"configuration", "[model]\nwidth = 8\n"}}};
}

/// The values as bytes in memory, so that NaN equals NaN and -0 differs from 0.
at::Tensor bytes_of(const at::Tensor& tensor) {
    return tensor.detach().reshape(-1).view(at::kByte);
}

TEST_F(CheckpointFileTest, EveryTypeShapeAndBitComesBack) {
    CheckpointFile content;
    const auto values = torch::randn({3, 4});
    for (const auto type :
         {at::kFloat, at::kDouble, at::kHalf, at::kBFloat16, at::kLong, at::kInt, at::kByte}) {
        content.tensors["types/" + std::string{at::toString(type)}] = (values * 50).abs().to(type);
    }
    content.tensors["bool"] = values > 0;
    content.tensors["scalar"] = torch::tensor(0.1, torch::kDouble);
    content.tensors["empty"] = torch::empty({0, 5});
    content.tensors["model/blocks.0.attention.qkv.weight"] = torch::randn({2, 2}).requires_grad_();
    content.tensors["not contiguous"] = values.t();
    content.tensors["special"] = torch::tensor({-0.0F, std::nanf(""), HUGE_VALF, 1e-45F});

    write_checkpoint(path_, content);
    const auto found = read_checkpoint(path_);

    ASSERT_EQ(found.tensors.size(), content.tensors.size());
    for (const auto& [name, expected] : content.tensors) {
        const auto& tensor = found.tensors.at(name);
        EXPECT_EQ(tensor.scalar_type(), expected.scalar_type()) << name;
        EXPECT_EQ(tensor.sizes(), expected.sizes()) << name;
        EXPECT_TRUE(torch::equal(bytes_of(tensor), bytes_of(expected))) << name;
    }
    EXPECT_EQ(found.tensors.at("scalar").item<double>(), 0.1);
}

TEST_F(CheckpointFileTest, AttributesComeBackEmptyLongAndInUtf8) {
    const CheckpointFile content{
        .tensors = {},
        .attributes = {
            {"empty", ""}, {"long", std::string(200'000, 'x')}, {"name", "Fran\u00e7ais \u2192 \U0001F44B"}}};

    write_checkpoint(path_, content);

    EXPECT_EQ(read_checkpoint(path_).attributes, content.attributes);
}

TEST_F(CheckpointFileTest, DatasetsBearTheNamesAndTypesOfPyTorch) {
    write_checkpoint(path_,
                     {.tensors = {{"model/encoder.cls", torch::ones({2}, at::kBFloat16)}}, .attributes = {}});

    const hdf5::InputFile file{path_};

    EXPECT_EQ(file.datasets_under("/model"), std::vector<std::string>{"encoder.cls"});
    EXPECT_EQ(file.attributes("/model/encoder.cls").at("dtype"), "bfloat16");
    EXPECT_EQ(file.integers<std::int64_t>("/model/encoder.cls"), (std::vector<std::int64_t>{0x3F80, 0x3F80}));
}

TEST_F(CheckpointFileTest, NoObjectCarriesTheTimeOfItsWriting) {
    write_checkpoint(path_, small_checkpoint());
    const hdf5::FileHandle file{H5Fopen(path_.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT)};
    const hdf5::Group root{H5Gopen2(file.id(), "/", H5P_DEFAULT)};
    const hdf5::Group model{H5Gopen2(file.id(), "/model", H5P_DEFAULT)};
    const hdf5::Dataset step{H5Dopen2(file.id(), "/step", H5P_DEFAULT)};

    for (const auto list :
         {H5Gget_create_plist(root.id()), H5Gget_create_plist(model.id()), H5Dget_create_plist(step.id())}) {
        const hdf5::Properties creation{list};
        hbool_t has_times = true;
        H5Pget_obj_track_times(creation.id(), &has_times);
        EXPECT_FALSE(has_times);
    }
}

TEST_F(CheckpointFileTest, AnyFlippedBitIsRefused) {
    write_checkpoint(path_, small_checkpoint());

    for (std::uint64_t byte = 0; byte < std::filesystem::file_size(path_); ++byte) {
        flip_bit(path_, byte, byte % 8);
        EXPECT_NE(error_of_reading(), "no DataError") << "byte " << byte;
        flip_bit(path_, byte, byte % 8);
    }
    EXPECT_EQ(error_of_reading(), "no DataError");
}

TEST_F(CheckpointFileTest, TruncatedMissingAndOtherFilesAreRefused) {
    EXPECT_NE(error_of_reading().find("cannot open: No such file"), std::string::npos);
    write_checkpoint(path_, small_checkpoint());
    std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
    EXPECT_NE(error_of_reading().find("expected a length of"), std::string::npos);
    write_sample(path_);
    EXPECT_NE(
        error_of_reading().find("attribute schema: expected 'sslslr-checkpoint-1', found 'sslslr-clips'"),
        std::string::npos);
    write_foreign(path_, sample_index());
    EXPECT_NE(error_of_reading().find("not a checkpoint"), std::string::npos);
}

TEST_F(CheckpointFileTest, FailedWriteKeepsTheOldCheckpointAndNothingElse) {
    write_checkpoint(path_, small_checkpoint());
    auto unfinished = small_checkpoint();
    unfinished.tensors["undefined"] = at::Tensor{};

    const auto error = error_of([&] { write_checkpoint(path_, unfinished); });

    EXPECT_NE(error.find("undefined: expected a tensor"), std::string::npos) << error;
    EXPECT_EQ(read_checkpoint(path_).tensors.size(), 2U);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.path()}, {}), 1);
}

TEST_F(CheckpointFileTest, FullDiskIsAnErrorThatLeavesNoFile) {
    const auto write_beyond_the_limit = [this] {
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{.rlim_cur = 100'000, .rlim_max = 100'000};
        ::setrlimit(RLIMIT_FSIZE, &small);
        const CheckpointFile large{.tensors = {{"weights", torch::zeros({100'000})}}, .attributes = {}};
        const auto error = error_of([&] { write_checkpoint(path_, large); });
        std::exit(error != "no DataError" && std::filesystem::is_empty(folder_.path()) ? 0 : 1);
    };

    EXPECT_EXIT(write_beyond_the_limit(), testing::ExitedWithCode(0), "");
}

TEST_F(CheckpointFileTest, ListHoldsFinishedCheckpointsByStep) {
    for (const auto step : {std::int64_t{2'000'000'000}, std::int64_t{5}, std::int64_t{40}}) {
        write_checkpoint(folder_ / checkpoint_name(step), small_checkpoint());
    }
    for (const auto* name : {"step-000000041.h5.partial", "best.h5", "step-7.h5", "xstep-000000042.h5"}) {
        std::ofstream{folder_ / name} << "unfinished";
    }
    std::filesystem::create_directory(folder_ / "step-000000043.h5");

    const auto found = list_checkpoints(folder_.path());

    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found.begin()->first, 5);
    EXPECT_EQ(found.begin()->second.filename(), "step-000000005.h5");
    EXPECT_EQ(found.rbegin()->first, 2'000'000'000);
    EXPECT_TRUE(list_checkpoints(folder_ / "none").empty());
}

TEST_F(CheckpointFileTest, LeftoverOfAKilledWriterIsReplaced) {
    std::ofstream{path_.string() + ".partial"} << "half of a checkpoint";

    write_checkpoint(path_, small_checkpoint());

    EXPECT_EQ(read_checkpoint(path_).attributes, small_checkpoint().attributes);
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{folder_.path()}, {}), 1);
}

}  // namespace
}  // namespace sslslr::io::test
