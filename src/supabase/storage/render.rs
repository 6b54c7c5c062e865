//! Images in other sizes.

use axum::{
    extract::{Request, State},
    http::request::Parts,
    response::Response,
};
use serde::Deserialize;

use super::{
    Routes,
    answer::answer,
    asset::{self, Audience, Wanted},
    extract::{Path, Query},
    read::Asked,
};
use crate::{
    auth::Share,
    storage::{Format, Object, Resize, Result, StorageError, Transform},
};

/// A transformation in an address, where all is text.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Written {
    width: Option<String>,
    height: Option<String>,
    resize: Option<String>,
    quality: Option<String>,
    format: Option<String>,
    download: Option<String>,
    #[serde(default)]
    token: String,
}

impl Written {
    fn transform(&self) -> Result<Transform> {
        let wrong = |name: &str| {
            StorageError::invalid_request(format!("{name} has a value that it cannot have"))
        };
        let number = |text: &Option<String>, name| match text {
            None => Ok(None),
            Some(text) => text.parse::<u32>().map(Some).map_err(|_| wrong(name)),
        };
        let quality = number(&self.quality, "quality")?;
        Ok(Transform {
            width: number(&self.width, "width")?,
            height: number(&self.height, "height")?,
            resize: match self.resize.as_deref() {
                None => None,
                Some("cover") => Some(Resize::Cover),
                Some("contain") => Some(Resize::Contain),
                Some("fill") => Some(Resize::Fill),
                Some(_) => return Err(wrong("resize")),
            },
            quality: match quality.map(u8::try_from).transpose() {
                Ok(quality) => quality,
                Err(_) => return Err(wrong("quality")),
            },
            format: match self.format.as_deref() {
                None => None,
                Some("origin") => Some(Format::Origin),
                Some("webp") => Some(Format::Webp),
                Some("avif") => Some(Format::Avif),
                Some(_) => return Err(wrong("format")),
            },
        })
    }

    fn wanted(&self, audience: Audience) -> Wanted {
        Wanted {
            download: self.download.clone(),
            audience,
        }
    }
}

/// `GET /render/image/authenticated/{bucket}/{name}`
pub(super) async fn authenticated(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    Query(written): Query<Written>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let rendered = async {
        let found = routes.readable(&parts, &bucket, &name).await?;
        let wanted = written.wanted(Audience::Caller);
        routes
            .render(found, &written.transform()?, &parts, wanted)
            .await
    };
    answer(rendered.await)
}

/// `GET /render/image/public/{bucket}/{name}`
pub(super) async fn public(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    Query(written): Query<Written>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let rendered = async {
        let found = routes.published(&parts, &bucket, &name).await?;
        let wanted = written.wanted(Audience::Everybody);
        routes
            .render(found, &written.transform()?, &parts, wanted)
            .await
    };
    answer(rendered.await)
}

/// `GET /render/image/sign/{bucket}/{name}?token=`: in the size that was signed.
pub(super) async fn signed(
    State(routes): State<Routes>,
    Path((bucket, name)): Path<(String, String)>,
    Query(written): Query<Written>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let rendered = async {
        routes.storage().check_ours()?;
        let share = routes.count_nobody(&parts)?;
        let signed = routes
            .storage()
            .signed_object(share, &written.token, &bucket, &name)
            .await?;
        let (object, expires_s, transform) = signed;
        let wanted = written.wanted(Audience::Bearer { expires_s });
        match transform {
            Some(transform) => {
                routes
                    .render((object, share), &transform, &parts, wanted)
                    .await
            }
            None => {
                routes
                    .deliver(object, &parts, &Asked::default(), &wanted)
                    .await
            }
        }
    };
    answer(rendered.await)
}

impl Routes {
    /// An image in another size; without one, as it is.
    async fn render(
        &self,
        (object, share): (Object, Share),
        transform: &Transform,
        parts: &Parts,
        wanted: Wanted,
    ) -> Result<Response> {
        if transform.is_none() {
            return self
                .deliver(object, parts, &Asked::default(), &wanted)
                .await;
        }
        let image = self.storage().render(share, &object, transform).await?;
        Ok(asset::of_image(&object, image, parts, &wanted))
    }
}
